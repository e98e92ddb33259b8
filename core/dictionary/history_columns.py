"""Dictionary entries of the columns computed from a client's history, composed from the parts of their names.

<TABLE>_<QUANTITY>_<AGGREGATION> aggregates a number over the table's records; <TABLE>_<COLUMN>_<value>_<AGGREGATION>
aggregates a one-hot column (1 in the records that hold the value). assets/histories.json has the words of each part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import msgspec

from core.dictionary.schema import Direction, Entry, Unit, Words
from core.i18n.translations import LANGUAGES, Language
from core.settings import ROOT

FILE = ROOT / "assets" / "histories.json"
COUNT = "COUNT"
DATES = ("date_ago", "date_ahead", "months_ago")
FIRST_AND_LAST = {"MIN": "FIRST", "MAX": "LAST"}
UNIT_OF_AGGREGATION: dict[str, Unit] = {"VAR": "variance", "NUNIQUE": "count"}
CATEGORY_AGGREGATIONS: dict[str, tuple[str, Unit]] = {
    "MEAN": ("SHARE", "percent"),
    "MIN": ("ALWAYS", "flag"),
    "MAX": ("EVER", "flag"),
    "SUM": ("TIMES", "count"),
    "VAR": ("VAR", "variance"),
}
"""Aggregation of a one-hot column → (its key in histories.json, unit)."""


class Table(msgspec.Struct, frozen=True):
    """A table of the histories, or a subset of its records such as closed credits.

    scope: its records as named inside a meaning. where: the same after a quantity ("on running loans"). records: the
    plural noun for its records. first, last: the phrases for its oldest and its most recent record. how: by key of an
    aggregation, its form after a quantity where the table has another one than most ("highest month").
    """

    theme: str
    label: Words
    scope: Words
    where: Words
    records: Words
    first: Words
    last: Words
    how: dict[str, Words] = {}


class Aggregation(msgspec.Struct, frozen=True):
    """The texts of an aggregation: its name, a clause about {scope}, and its form after a quantity."""

    label: Words
    sentence: Words
    how: Words


class Quantity(msgspec.Struct, frozen=True):
    """A number that each record of a table holds.

    fact: a phrase with {records} or {where}; if empty, the label followed by {where} takes its place.
    """

    unit: Unit
    label: Words
    meaning: Words
    direction: Direction
    fact: Words = {}


class Categories(msgspec.Struct, frozen=True):
    """A text column of a table's records: its label, and the words of each of its values."""

    label: Words
    values: dict[str, Words]


class Histories(msgspec.Struct, frozen=True):
    """The contents of histories.json: words of each part by its name in the data set, and templates that join them."""

    texts: dict[str, Words]
    tables: dict[str, Table]
    aggregations: dict[str, Aggregation]
    quantities: dict[str, Quantity]
    categories: dict[str, Categories]


@cache
def histories() -> Histories:
    """The contents of histories.json, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Histories)


@dataclass(frozen=True, slots=True)
class HistoryColumn:
    """The parts of a history column's name.

    table, what: their names in the data set. aggregation: its key in histories.json (FIRST and LAST for dates, SHARE
    for a category). category: the value whose records are counted; None for a quantity. unit: unit of the column.
    """

    table: str
    what: str
    aggregation: str
    unit: Unit
    category: str | None = None


@cache
def history_column(column: str) -> HistoryColumn | None:
    """The parts of the name of a column computed from a client's history; None for any other column."""
    table, _, rest = column.partition("_")
    if table not in histories().tables:
        return None
    if rest == COUNT:
        return HistoryColumn(table, COUNT, COUNT, "count")
    name, _, aggregation = rest.rpartition("_")
    return _of_quantity(table, name, aggregation) or _of_category(table, name, aggregation)


@cache
def history_entry(column: str) -> Entry | None:
    """The entry of a column computed from a client's history; None for any other column."""
    parts = history_column(column)
    if parts is None:
        return None
    words = histories()
    if parts.aggregation == COUNT:
        table, counted = words.tables[parts.table], words.quantities[COUNT]
        label = compose("count", table=table.label, what=counted.label)
        return Entry(label, counted.meaning, "count", table.theme, False, False, 0)
    if parts.category is None:
        quantity = words.quantities[parts.what]
        direction: Direction = 0 if parts.aggregation in UNIT_OF_AGGREGATION else quantity.direction
        return _entry(parts, quantity.label, quantity.meaning, direction)
    what, value = words.categories[parts.what].label, words.categories[parts.what].values[parts.category]
    label = compose("category", what=what, value=value)
    return _entry(parts, label, compose("category_meaning", what=what, value=value), 0)


def spread_unit(column: str) -> Unit:
    """The unit of the standard deviation behind a variance column: that of the quantity, or percent for a share.

    Raises KeyError if the column is none of the histories'.
    """
    parts = history_column(column)
    if parts is None:
        raise KeyError(column)
    return histories().quantities[parts.what].unit if parts.category is None else "percent"


def compose(text: str, **parts: Words) -> Words:
    """A template of histories.json with its parts filled in, in each language."""
    return {
        language: histories().texts[text][language].format(**_in(language, parts)).strip() for language in LANGUAGES
    }


def _of_quantity(table: str, name: str, aggregation: str) -> HistoryColumn | None:
    words = histories()
    if aggregation == "SIZE":
        name, aggregation = f"{name}_ROWS", "SUM"
    quantity = words.quantities.get(name)
    if quantity is None or aggregation not in words.aggregations:
        return None
    unit = UNIT_OF_AGGREGATION.get(aggregation, quantity.unit)
    if quantity.unit in DATES:
        aggregation = FIRST_AND_LAST.get(aggregation, aggregation)
    return HistoryColumn(table, name, aggregation, unit)


def _of_category(table: str, name: str, aggregation: str) -> HistoryColumn | None:
    """The parts of a one-hot column. STATUS is aggregated twice: its share of months, averaged over loans."""
    words = histories()
    source = next((each for each in words.categories if name.startswith(f"{each}_")), None)
    if source is None or aggregation not in CATEGORY_AGGREGATIONS:
        return None
    key, unit = CATEGORY_AGGREGATIONS[aggregation]
    value = name[len(source) + 1 :]
    if source == "STATUS":
        value, key = value.removesuffix("_MEAN"), "MONTHS"
    if value not in words.categories[source].values:
        return None
    return HistoryColumn(table, source, key, unit, value)


def _entry(parts: HistoryColumn, what: Words, meaning: Words, direction: Direction) -> Entry:
    words = histories()
    aggregation, table = words.aggregations[parts.aggregation], words.tables[parts.table]
    how: Words = {
        language: aggregation.sentence[language].format(scope=table.scope[language]) for language in LANGUAGES
    }
    return Entry(
        label=compose("label", table=table.label, what=what, how=aggregation.label),
        meaning=compose("meaning", meaning=meaning, how=how),
        unit=parts.unit,
        theme=table.theme,
        protected=False,
        changeable=False,
        direction=direction,
    )


def _in(language: Language, parts: dict[str, Words]) -> dict[str, str]:
    return {name: words[language] for name, words in parts.items()}
