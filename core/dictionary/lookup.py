"""Label, meaning and unit of every column, and its values in words; assets/dictionary.json holds the texts."""

from __future__ import annotations

import math
from functools import cache

import msgspec

from core.dictionary.history_columns import DATES, compose, history_entry, spread_unit
from core.dictionary.schema import Entry, Unit, Words
from core.i18n.translations import Language, number, percent, translate
from core.records import DAYS_PER_YEAR
from core.settings import ROOT

FILE = ROOT / "assets" / "dictionary.json"
LAST_DAYS = 60
"""A duration below this many days is shown in days, below a year in months, else in years."""
FEW_DAYS = 10
"""An average below this many days is shown with one decimal."""
MAX_LETTERS = 80


class Dictionary(msgspec.Struct, frozen=True):
    """The contents of dictionary.json: the entry of each column by its name, and the names of the themes."""

    themes: dict[str, Words]
    columns: dict[str, Entry]


@cache
def dictionary() -> Dictionary:
    """The dictionary, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Dictionary)


@cache
def entry_of(column: str) -> Entry:
    """The entry of a raw or encoded column; an unknown column has its own name as label and plain numbers."""
    entry = dictionary().columns.get(column) or history_entry(column) or _one_hot(column)
    if entry is not None:
        return entry
    name: Words = {"en": column, "fr": column}
    return Entry(name, {"en": "", "fr": ""}, "index", "other", False, False, 0)


def label(column: str, language: Language) -> str:
    """The label of a column."""
    return entry_of(column).label[language]


def name_as_sent(column: str, language: Language) -> str:
    """A column's name as a file has it; in words where the file gives it none that can be seen."""
    seen = any(sign.isprintable() and not sign.isspace() for sign in column)
    return column if seen else translate("column.nameless", language)


def format_value(column: str, value: float | str | None, language: Language, currency: str = "") -> str:
    """Format a value for people.

    Parameters
    ----------
    column: raw or encoded column.
    value: in the data set's unit; None if it is missing.
    language: "en" or "fr".
    currency: sign or code after amounts; "" for none.

    Returns
    -------
    The value in everyday units: DAYS_BIRTH −20831 is "57 years"; a category or letter is its word. Text that the
    dictionary does not know is shown as it is, its first MAX_LETTERS letters if it is longer.
    """
    if value is None:
        return translate("value.missing", language)
    entry = entry_of(column)
    if isinstance(value, str):
        words = entry.values.get(value)
        if words:
            return words[language]
        return value if len(value) <= MAX_LETTERS else f"{value[:MAX_LETTERS]}…"
    if entry.unit == "variance":
        return _spread(spread_unit(column), math.sqrt(max(value, 0.0)), language, currency)
    return format_number(entry.unit, value, language, currency)


def to_shown_scale(column: str, value: float) -> float:
    """Convert a number of the data set to the shown scale: negative days to years ago, a share to percent.

    A variance becomes the standard deviation, in the unit of `shown_unit`.
    """
    unit = entry_of(column).unit
    if unit == "variance":
        value, unit = math.sqrt(max(value, 0.0)), spread_unit(column)
        if unit in DATES:
            return value / (12.0 if unit == "months_ago" else DAYS_PER_YEAR)
    if unit in ("age", "days_ago", "date_ago"):
        return -value / DAYS_PER_YEAR
    if unit == "date_ahead":
        return value / DAYS_PER_YEAR
    if unit == "months_ago":
        return -value
    return 100.0 * value if unit == "percent" else value


def shown_unit(column: str) -> Unit:
    """The unit of the shown scale: years for dates and long times, for a variance that of its standard deviation."""
    unit = entry_of(column).unit
    if unit == "variance":
        unit = spread_unit(column)
        return "years" if unit in DATES else unit
    return "years" if unit in ("days_ago", "date_ago") else unit


def _one_hot(column: str) -> Entry | None:
    """The entry of the one-hot column <COLUMN>_<value>; None if the dictionary has no such column and value."""
    for source, entry in dictionary().columns.items():
        value = entry.values.get(column.removeprefix(f"{source}_"))
        if value is not None and entry.unit == "category" and column.startswith(f"{source}_"):
            one_hot_label = compose("one_hot", what=entry.label, value=value)
            return msgspec.structs.replace(entry, label=one_hot_label, unit="flag", direction=0, values={})
    return None


def format_number(unit: Unit, value: float, language: Language, currency: str = "") -> str:
    """Format a number for display in the units people use; value is in the data set's own unit.

    Half a unit of money is rounded away from 0, as people expect and as charts do.
    """
    if unit == "money":
        amount = number(_half_away(value), language)
        return f"{amount}\N{NO-BREAK SPACE}{currency}" if currency else amount
    if unit == "age":
        return translate("value.years", language, n=int(-value // DAYS_PER_YEAR))
    if unit == "years":
        return translate("value.years", language, n=round(value))
    if unit == "days":
        return _days(value, language)
    if unit == "days_ago":
        return duration(-value, language)
    if unit in ("date_ago", "date_ahead"):
        return translate("value.ago" if value < 0 else "value.ahead", language, time=duration(abs(value), language))
    if unit == "months_ago":
        months = translate("value.months", language, n=round(abs(value)))
        return translate("value.ago" if value <= 0 else "value.ahead", language, time=months)
    if unit == "flag":
        return translate("value.yes" if value == 1.0 else "value.no", language)
    if unit == "percent":
        return percent(value, language, 1)
    if unit == "hour":
        return translate("value.hour", language, hour=int(value))
    if unit in ("score", "index"):
        return number(value, language, 3)
    return number(value, language, 0 if float(value).is_integer() else 2)


def _half_away(amount: float) -> float:
    """The whole number nearest to an amount; a half goes away from 0, where `round` goes to the even number."""
    if not math.isfinite(amount):
        return amount
    whole = math.trunc(amount)
    return float(whole + math.copysign(1.0, amount)) if abs(amount - whole) == 0.5 else amount


def _spread(unit: Unit, spread: float, language: Language, currency: str) -> str:
    """Format a standard deviation of numbers with this unit."""
    if unit == "months_ago":
        return translate("value.months", language, n=round(spread))
    return duration(spread, language) if unit in DATES else format_number(unit, spread, language, currency)


def duration(days: float, language: Language) -> str:
    """Format a number of days as a duration: 45 days, 6 months, 2.5 years."""
    if abs(days) < LAST_DAYS:
        return _days(days, language)
    if abs(days) < DAYS_PER_YEAR:
        return translate("value.months", language, n=round(days / DAYS_PER_YEAR * 12))
    years = days / DAYS_PER_YEAR
    return translate("value.years_tenths", language, n=round(years, 1), years=number(years, language, 1))


def _days(days: float, language: Language) -> str:
    """Format a number of days: whole, or with one decimal if it is a fraction below FEW_DAYS."""
    digits = 0 if float(days).is_integer() or abs(days) >= FEW_DAYS else 1
    shown = round(days, digits)
    return translate("value.days", language, n=shown, days=number(shown, language, digits))
