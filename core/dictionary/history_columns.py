"""Dictionary entries of the columns computed from a client's history, composed from the parts of their names.

<TABLE>_<QUANTITY>_<AGGREGATION> aggregates a number over the table's records; <TABLE>_<COLUMN>_<value>_<AGGREGATION>
aggregates how often a column holds that value. assets/histories.json holds the words of each part.
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
FIRST_AND_LAST = {"MIN": "FIRST", "MAX": "LAST"}
UNIT_OF_AGGREGATION: dict[str, Unit] = {"VAR": "variance", "NUNIQUE": "count"}
CATEGORY_AGGREGATIONS: dict[str, tuple[str, Unit]] = {
    "MEAN": ("SHARE", "percent"),
    "MIN": ("ALWAYS", "flag"),
    "MAX": ("EVER", "flag"),
    "SUM": ("TIMES", "count"),
    "VAR": ("VAR", "variance"),
}
"""Aggregation of a one-hot column → (key of its word, unit)."""


class Table(msgspec.Struct, frozen=True):
    """A table of the histories, or a subset of its records such as closed credits."""

    theme: str
    label: Words
    scope: Words


class Aggregation(msgspec.Struct, frozen=True):
    """An aggregation, as a word and as half a sentence about {scope}."""

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
    """The words of all parts, by their names in the data set, and the templates that join them."""

    texts: dict[str, Words]
    tables: dict[str, Table]
    aggregations: dict[str, Aggregation]
    quantities: dict[str, Quantity]
    categories: dict[str, Categories]


@cache
def histories() -> Histories:
    """The contents of histories.json, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Histories)


@cache
def history_entry(column: str) -> Entry | None:
    """The entry of a column computed from a client's history; None for any other column."""
    table, _, rest = column.partition("_")
    if table not in histories().tables:
        return None
    if rest == COUNT:
        return _of_count(table)
    middle, _, aggregation = rest.rpartition("_")
    return _of_quantity(table, middle, aggregation) or _of_category(table, middle, aggregation)


def compose(text: str, **parts: Words) -> Words:
    """A template of the histories with its parts filled in, in each language."""
    return {
        language: histories().texts[text][language].format(**_in(language, parts)).strip() for language in LANGUAGES
    }


def _of_count(table: str) -> Entry:
    words, counted = histories().tables[table], histories().quantities[COUNT]
    label = compose("count", table=words.label, what=counted.label)
    return Entry(label, counted.meaning, "count", words.theme, False, False, 0)


def _of_quantity(table: str, name: str, aggregation: str) -> Entry | None:
    words = histories()
    if aggregation == "SIZE":
        name, aggregation = f"{name}_ROWS", "SUM"
    quantity = words.quantities.get(name)
    if quantity is None or aggregation not in words.aggregations:
        return None
    unit = UNIT_OF_AGGREGATION.get(aggregation, quantity.unit)
    word = FIRST_AND_LAST.get(aggregation, aggregation) if quantity.unit in PAST else aggregation
    direction: Direction = 0 if aggregation in UNIT_OF_AGGREGATION else quantity.direction
    return _entry(table, quantity.label, quantity.meaning, word, unit, direction)


def _of_category(table: str, name: str, aggregation: str) -> Entry | None:
    """The entry of a one-hot column. STATUS has two aggregations: a share of months, averaged over credits."""
    words = histories()
    source = next((each for each in words.categories if name.startswith(f"{each}_")), None)
    if source is None or aggregation not in CATEGORY_AGGREGATIONS:
        return None
    word, unit = CATEGORY_AGGREGATIONS[aggregation]
    value = name[len(source) + 1 :]
    if source == "STATUS":
        value, word = value.removesuffix("_MEAN"), "MONTHS"
    value_words = words.categories[source].values.get(value)
    if value_words is None:
        return None
    what = words.categories[source].label
    label = compose("category", what=what, value=value_words)
    meaning = compose("category_meaning", what=what, value=value_words)
    return _entry(table, label, meaning, word, unit, 0)


def _entry(table: str, what: Words, meaning: Words, word: str, unit: Unit, direction: Direction) -> Entry:
    words = histories()
    aggregation, place = words.aggregations[word], words.tables[table]
    how: Words = {
        language: aggregation.sentence[language].format(scope=place.scope[language]) for language in LANGUAGES
    }
    return Entry(
        label=compose("label", table=place.label, what=what, how=aggregation.label),
        meaning=compose("meaning", meaning=meaning, how=how),
        unit=unit,
        theme=place.theme,
        protected=False,
        changeable=False,
        direction=direction,
    )


def _in(language: Language, parts: dict[str, Words]) -> dict[str, str]:
    return {name: words[language] for name, words in parts.items()}
