"""French and English: the catalogue of sentences, and numbers as each language writes them.

`assets/translations/<language>.json` holds the sentences, one flat dictionary of key to text. Names in braces are
filled by keyword. A text that depends on a number is a dictionary of plural forms ("one", "other"), chosen by the
keyword `n`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Literal, cast, get_args

import msgspec
from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, format_compact_decimal, format_scientific, parse_pattern

from core.errors import Problem
from core.records import Impossible
from core.settings import ROOT

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOLDER = ROOT / "assets" / "translations"

Entry = str | dict[str, str]
LARGEST = 1e15
"""Beyond it a number has more digits than a float holds."""
COUNTS = ("limit", "found", "seconds")
"""The facts of a problem by whose number its sentence is in the singular or plural."""


@cache
def catalogue(language: Language) -> dict[str, Entry]:
    """Every sentence of a language, by key."""
    return msgspec.json.decode((FOLDER / f"{language}.json").read_bytes(), type=dict[str, Entry])


def translate(key: str, language: Language, **facts: object) -> str:
    """The sentence of a key.

    Parameters
    ----------
    key: a key of the catalogue.
    language: "en" or "fr".
    facts: values for the names in braces; whole numbers are formatted for the language.

    Raises
    ------
    KeyError: the catalogue has no such key, or a name in braces has no value.
    """
    entry = catalogue(language)[key]
    if isinstance(entry, dict):
        n = cast(float, facts["n"])
        form = _locale(language).plural_form(n if abs(n) < LARGEST else LARGEST)
        entry = entry.get(form, entry["other"])
    return entry.format(**{name: _format_fact(fact, language) for name, fact in facts.items()})


def translate_problem(problem: Problem, language: Language) -> str:
    """The sentence of a problem, with its row and column; it never contains a cell's value."""
    facts = {name: fact if isinstance(fact, str) else str(fact) for name, fact in problem.facts.items()}
    n = next((problem.facts[name] for name in COUNTS if name in problem.facts), 0)
    place = {"row": str(problem.row), "column": problem.column or ""}
    return translate(f"problem.{problem.code}", language, n=n, **place, **facts)


def translate_impossible(impossible: Impossible, language: Language) -> str:
    """The sentence of an impossible value, with its columns' names and bounds in the data set's units."""
    return translate(
        f"impossible.{impossible.code}",
        language,
        one=impossible.columns[0],
        other=impossible.columns[-1],
        low=_bound(impossible.low, language),
        high=_bound(impossible.high, language),
    )


def number(value: float, language: Language, digits: int = 0) -> str:
    """Format a number with this many decimals, as the language writes it: 1 234,5 or 1,234.5.

    Where it is so large that a float does not hold all its digits, it is written as 1.2E30.
    """
    if abs(value) >= LARGEST:
        return _as_power_of_ten(value, language)
    return str(_pattern(digits).apply(round(value, digits) + 0.0, _locale(language)))


def compact(value: float, language: Language) -> str:
    """Format a large number in short, with one decimal: 613.4M, 613,4 M; 1.2E30 as `number` does."""
    if abs(value) >= LARGEST:
        return _as_power_of_ten(value, language)
    return str(format_compact_decimal(value, fraction_digits=1, locale=language))


def signed(value: float, language: Language, digits: int = 1) -> str:
    """Format a number with its sign, a true minus included: +2.1, −0.4; 0.0 if it rounds to zero."""
    rounded = round(value, digits) + 0.0
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return sign + number(abs(rounded), language, digits)


def percent(share: float, language: Language, digits: int = 0) -> str:
    """Format a share between 0 and 1 in percent, in French with a space before the sign."""
    space = "\N{NARROW NO-BREAK SPACE}" if language == "fr" else ""
    return f"{number(100.0 * share, language, digits)}{space}%"


def day(when: date, language: Language) -> str:
    """Format a date: 7 March 2026, 7 mars 2026, 1er mars 2026."""
    first = language == "fr" and when.day == 1
    return str(format_date(when, format="d'er' MMMM y" if first else "d MMMM y", locale=language))


def round_to_sum(values: Sequence[float], start: float, end: float, digits: int) -> list[float]:
    """Round values so that the printed numbers add up: rounded start + rounded values = rounded end.

    Parameters
    ----------
    values: the terms, with start + sum(values) = end.
    start, end: the numbers printed before and after them.
    digits: decimals that are printed.

    Returns
    -------
    The rounded values, each at most one unit of the last decimal away from its own (largest-remainder method).
    """
    unit = 10**digits
    scaled = [value * unit for value in values]
    down = [math.floor(each) for each in scaled]
    missing = round(round(end, digits) * unit) - round(round(start, digits) * unit) - sum(down)
    by_remainder = sorted(range(len(values)), key=lambda at: down[at] - scaled[at])
    for place in range(abs(missing)):
        at = by_remainder[place % len(values)] if missing > 0 else by_remainder[-1 - place % len(values)]
        down[at] += 1 if missing > 0 else -1
    return [each / unit for each in down]


def choose_language(*preferred: str | None) -> Language:
    """The first available language of the preferred codes (such as fr-CA), else English."""
    for code in preferred:
        short = (code or "").lower().replace("_", "-").split("-")[0]
        for language in LANGUAGES:
            if short == language:
                return language
    return "en"


def _bound(value: float, language: Language) -> str:
    return number(value, language, 0 if float(value).is_integer() else 3) if math.isfinite(value) else ""


@lru_cache(maxsize=32)
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language)


def _as_power_of_ten(value: float, language: Language) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "\N{MINUS SIGN}∞"
    return str(format_scientific(value, format="0.##E0", locale=language))


def _format_fact(fact: object, language: Language) -> object:
    return number(fact, language) if isinstance(fact, int) and not isinstance(fact, bool) else fact
