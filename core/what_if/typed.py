"""Numbers as a person types them into a field, whatever the language of the browser."""

from __future__ import annotations

import math

from core.alignment.number_text import DecimalSign, Unreadable, read_number, two_readings
from core.i18n.translations import Language, number

SIGNS: tuple[DecimalSign, ...] = (".", ",")


def read_typed(text: str, language: Language) -> float | None:
    """A typed number: point and comma are both decimal signs, and what the screen writes is read back.

    Parameters
    ----------
    text: what stands in the field.
    language: of the screen, whose own sign between thousands is understood: "150,000" in English.

    Returns
    -------
    The number; None if nothing is typed.

    Raises
    ------
    Unreadable: it is no number, or it means two things ("150.000"); `two_readings` names both.
    """
    bare = text.strip()
    readings = two_readings(bare)
    if readings is not None and not (language == "en" and "," in bare):
        raise Unreadable("two_readings", one=readings[0], other=readings[1])
    if readings is not None:
        return float(readings[1])
    for sign in SIGNS:
        try:
            value = read_number(bare, sign)
        except Unreadable:
            continue
        return None if math.isnan(value) else value
    raise Unreadable("text_in_number", decimal=".")


def write_typed(value: float, language: Language, digits: int = 0) -> str:
    """A number as the field shows it: at least this many decimals, two if it is no multiple of the last."""
    shown = number(value, language, digits)
    return shown if round(value, digits) == value else number(value, language, max(2, digits))
