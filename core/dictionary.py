"""What each column is called, what it means and how its values are shown; assets/dictionary.json holds the words."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from core.language import Language, number, percent, say
from core.settings import ROOT

FILE = ROOT / "assets" / "dictionary.json"
DAYS_PER_YEAR = 365.25
LAST_DAYS = 60

Unit = Literal[
    "money",
    "years",
    "days_ago",
    "age",
    "count",
    "flag",
    "category",
    "percent",
    "score",
    "hour",
    "rating",
    "index",
]
Words = dict[Language, str]


class Entry(msgspec.Struct, frozen=True):
    """One column that people know.

    direction: what the trade expects a higher shown value to do to the solvency: 1, −1, or 0 for nothing.
    """

    label: Words
    meaning: Words
    unit: Unit
    theme: str
    protected: bool
    changeable: bool
    direction: Literal[-1, 0, 1]
    values: dict[str, Words] = {}


class Dictionary(msgspec.Struct, frozen=True):
    """Every column, by its name in the data set, and the themes they belong to."""

    themes: dict[str, Words]
    columns: dict[str, Entry]


@cache
def dictionary() -> Dictionary:
    """The dictionary, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Dictionary)


def entry_of(column: str) -> Entry:
    """The entry of a column; for one that has none, an entry that shows its name and plain number."""
    known = dictionary().columns.get(column)
    if known is not None:
        return known
    bare: Words = {"en": column, "fr": column}
    return Entry(bare, {"en": "", "fr": ""}, "index", "other", False, False, 0)


def label(column: str, language: Language) -> str:
    """What people call a column."""
    return entry_of(column).label[language]


def shown(column: str, value: float | str | None, language: Language, currency: str = "") -> str:
    """A value in words, in the units people use; value is in the data set's own unit, None when missing.

    DAYS_BIRTH −20831 is "57 years"; a category or letter is its word; amounts carry the currency if there is one.
    """
    if value is None:
        return say("value.missing", language)
    entry = entry_of(column)
    if isinstance(value, str):
        words = entry.values.get(value)
        return words[language] if words else value
    return _shown_number(entry.unit, value, language, currency)


def to_shown_scale(column: str, value: float) -> float:
    """A number as it is shown (years instead of negative days), so that higher means what people mean."""
    unit = entry_of(column).unit
    if unit in ("age", "days_ago"):
        return -value / DAYS_PER_YEAR
    return 100.0 * value if unit == "percent" else value


def _shown_number(unit: Unit, value: float, language: Language, currency: str) -> str:
    if unit == "money":
        return f"{number(value, language)}\N{NO-BREAK SPACE}{currency}" if currency else number(value, language)
    if unit == "age":
        return say("value.years", language, n=int(-value // DAYS_PER_YEAR))
    if unit == "years":
        return say("value.years", language, n=round(value))
    if unit == "days_ago":
        return _ago(-value, language)
    if unit == "flag":
        return say("value.yes" if value == 1.0 else "value.no", language)
    if unit == "percent":
        return percent(value, language, 1)
    if unit == "hour":
        return say("value.hour", language, hour=f"{int(value)}")
    if unit in ("score", "index"):
        return number(value, language, 3)
    return number(value, language, 0 if float(value).is_integer() else 2)


def _ago(days: float, language: Language) -> str:
    if days < LAST_DAYS:
        return say("value.days", language, n=round(days))
    years = days / DAYS_PER_YEAR
    return say("value.years_tenths", language, years=number(years, language, 1))
