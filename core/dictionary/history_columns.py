"""Entries of the columns that are made of a client's history, put together from the parts of their names.

<TABLE>_<QUANTITY>_<AGGREGATION> is a number over the table's records; <TABLE>_<COLUMN>_<value>_<AGGREGATION> is how
often a column holds that value. assets/histories.json holds the words of each part.
"""

from __future__ import annotations

from functools import cache

import msgspec

from core.dictionary.schema import Direction, Entry, Unit, Words
from core.i18n.translations import LANGUAGES, Language
from core.settings import ROOT

FILE = ROOT / "assets" / "histories.json"
COUNT = "COUNT"
PAST = ("days_ago", "months_ago")
EARLIEST_AND_LATEST = {"MIN": "FIRST", "MAX": "LAST"}
UNITS_OF_THEIR_OWN: dict[str, Unit] = {"VAR": "variance", "NUNIQUE": "count"}
OF_A_CATEGORY: dict[str, tuple[str, Unit]] = {
    "MEAN": ("SHARE", "percent"),
    "MIN": ("ALWAYS", "flag"),
    "MAX": ("EVER", "flag"),
    "SUM": ("TIMES", "count"),
    "VAR": ("VAR", "variance"),
}
"""What an aggregation of ones and zeros is called, and its unit."""


class Table(msgspec.Struct, frozen=True):
    """One of the tables of the histories, or a part of one."""

    theme: str
    label: Words
    scope: Words


class Aggregation(msgspec.Struct, frozen=True):
    """A way of making one number of many, as a word and as a half sentence about {scope}."""

    label: Words
    sentence: Words


class Quantity(msgspec.Struct, frozen=True):
    """A number that each record of a table holds."""

    unit: Unit
    label: Words
    meaning: Words
    direction: Direction


class Categories(msgspec.Struct, frozen=True):
    """A text that each record of a table holds, and its values."""

    label: Words
    values: dict[str, Words]


class Histories(msgspec.Struct, frozen=True):
    """The words of all parts, by their names in the data set, and how they are put together."""

    texts: dict[str, Words]
    tables: dict[str, Table]
    aggregations: dict[str, Aggregation]
    quantities: dict[str, Quantity]
    categories: dict[str, Categories]


@cache
def histories() -> Histories:
    """The words, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Histories)


@cache
def history_entry(column: str) -> Entry | None:
    """The entry of a column of a client's history; None for any other column."""
    table, _, rest = column.partition("_")
    if table not in histories().tables:
        return None
    if rest == COUNT:
        return _of_count(table)
    middle, _, aggregation = rest.rpartition("_")
    return _of_quantity(table, middle, aggregation) or _of_category(table, middle, aggregation)


def put_together(text: str, **parts: Words) -> Words:
    """One of the texts of the histories with its parts, in each language."""
    return {
        language: histories().texts[text][language].format(**_in(language, parts)).strip() for language in LANGUAGES
    }


def _of_count(table: str) -> Entry:
    words, counted = histories().tables[table], histories().quantities[COUNT]
    label = put_together("count", table=words.label, what=counted.label)
    return Entry(label, counted.meaning, "count", words.theme, False, False, 0)


def _of_quantity(table: str, name: str, aggregation: str) -> Entry | None:
    words = histories()
    if aggregation == "SIZE":
        name, aggregation = f"{name}_ROWS", "SUM"
    quantity = words.quantities.get(name)
    if quantity is None or aggregation not in words.aggregations:
        return None
    unit = UNITS_OF_THEIR_OWN.get(aggregation, quantity.unit)
    told = EARLIEST_AND_LATEST.get(aggregation, aggregation) if quantity.unit in PAST else aggregation
    direction: Direction = 0 if aggregation in UNITS_OF_THEIR_OWN else quantity.direction
    return _entry(table, quantity.label, quantity.meaning, told, unit, direction)


def _of_category(table: str, name: str, aggregation: str) -> Entry | None:
    """Of a column and value; a month's status is first a share of months, and then averaged."""
    words = histories()
    source = next((each for each in words.categories if name.startswith(f"{each}_")), None)
    if source is None or aggregation not in OF_A_CATEGORY:
        return None
    told, unit = OF_A_CATEGORY[aggregation]
    value = name[len(source) + 1 :]
    if source == "STATUS":
        value, told = value.removesuffix("_MEAN"), "MONTHS"
    meant = words.categories[source].values.get(value)
    if meant is None:
        return None
    what = words.categories[source].label
    label = put_together("category", what=what, value=meant)
    meaning = put_together("category_meaning", what=what, value=meant)
    return _entry(table, label, meaning, told, unit, 0)


def _entry(table: str, what: Words, meaning: Words, told: str, unit: Unit, direction: Direction) -> Entry:
    words = histories()
    way, place = words.aggregations[told], words.tables[table]
    how: Words = {language: way.sentence[language].format(scope=place.scope[language]) for language in LANGUAGES}
    return Entry(
        label=put_together("label", table=place.label, what=what, how=way.label),
        meaning=put_together("meaning", meaning=meaning, how=how),
        unit=unit,
        theme=place.theme,
        protected=False,
        changeable=False,
        direction=direction,
    )


def _in(language: Language, parts: dict[str, Words]) -> dict[str, str]:
    return {name: words[language] for name, words in parts.items()}
