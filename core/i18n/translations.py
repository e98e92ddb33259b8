"""French and English: the catalogue of sentences, and numbers as each language writes them.

The sentences stand in `assets/translations/<language>.json`, one flat dictionary of key to text. A text may
hold names in braces, filled by keyword; one that depends on a number is a dictionary of plural forms
("one", "other"), chosen by the fact called `n`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal, cast, get_args

import msgspec
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from core.errors import Problem
from core.settings import ROOT

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOLDER = ROOT / "assets" / "translations"

Entry = str | dict[str, str]


@cache
def catalogue(language: Language) -> dict[str, Entry]:
    """Every sentence of a language, by key."""
    return msgspec.json.decode((FOLDER / f"{language}.json").read_bytes(), type=dict[str, Entry])


def translate(key: str, language: Language, **facts: object) -> str:
    """The sentence of a key with its facts filled in; whole numbers among them are written by the locale.

    Raises KeyError for a key that the catalogue does not have.
    """
    entry = catalogue(language)[key]
    if isinstance(entry, dict):
        form = Locale.parse(language).plural_form(cast(float, facts["n"]))
        entry = entry.get(form, entry["other"])
    return entry.format(**{name: _written(fact, language) for name, fact in facts.items()})


def translate_problem(problem: Problem, language: Language) -> str:
    """One sentence a person can act on, naming the row and the column; never a cell's value."""
    facts = {name: fact if isinstance(fact, str) else str(fact) for name, fact in problem.facts.items()}
    return translate(f"problem.{problem.code}", language, row=str(problem.row), column=problem.column or "", **facts)


def number(value: float, language: Language, digits: int = 0) -> str:
    """A number with a fixed count of decimals, as the language writes it: 1 234,5 or 1,234.5."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(round(value, digits) + 0.0, format=pattern, locale=language))


def signed(value: float, language: Language, digits: int = 1) -> str:
    """A number with its sign, a true minus included: +2.1, −0.4; 0.0 when it rounds to nothing."""
    rounded = round(value, digits) + 0.0
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return sign + number(abs(rounded), language, digits)


def percent(share: float, language: Language, digits: int = 0) -> str:
    """A share between 0 and 1 in percent, with the space before the sign that French wants."""
    space = "\N{NARROW NO-BREAK SPACE}" if language == "fr" else ""
    return f"{number(100.0 * share, language, digits)}{space}%"


def day(when: date, language: Language) -> str:
    """A date in words: 7 March 2026, 7 mars 2026."""
    return str(format_date(when, format="d MMMM y", locale=language))


def adding_up(values: Sequence[float], start: float, end: float, digits: int) -> list[float]:
    """The values rounded so that the rounded start plus all of them is the rounded end, as whoever adds them expects.

    Largest-remainder rounding: each is at most one unit of the last decimal away from its own value.
    """
    unit = 10**digits
    scaled = [value * unit for value in values]
    down = [math.floor(each) for each in scaled]
    left = round(round(end, digits) * unit) - round(round(start, digits) * unit) - sum(down)
    by_remainder = sorted(range(len(values)), key=lambda at: down[at] - scaled[at])
    for place in range(abs(left)):
        at = by_remainder[place % len(values)] if left > 0 else by_remainder[-1 - place % len(values)]
        down[at] += 1 if left > 0 else -1
    return [each / unit for each in down]


def choose_language(*wanted: str | None) -> Language:
    """The first of the wanted (codes such as fr-CA, in order of preference) that there is; else English."""
    for code in wanted:
        short = (code or "").lower().replace("_", "-").split("-")[0]
        for language in LANGUAGES:
            if short == language:
                return language
    return "en"


def _written(fact: object, language: Language) -> object:
    return number(fact, language) if isinstance(fact, int) and not isinstance(fact, bool) else fact
