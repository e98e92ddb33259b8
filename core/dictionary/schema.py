"""The entry of one column in the dictionary."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.i18n.translations import Language

Unit = Literal[
    "money",
    "years",
    "days",
    "days_ago",
    "date_ago",
    "date_ahead",
    "months_ago",
    "age",
    "count",
    "flag",
    "category",
    "percent",
    "score",
    "hour",
    "rating",
    "index",
    "variance",
]
Words = dict[Language, str]
Direction = Literal[-1, 0, 1]


class Entry(msgspec.Struct, frozen=True):
    """A source column, or a column computed from a client's history.

    protected: the column is, or is computed from, a characteristic that the law protects from discrimination.
    changeable: the client's own action can change it, soon or in time.
    direction: the effect of a higher shown value on the solvency that lenders expect: 1, −1, or 0 for none.
    values: category or letter → its text.
    """

    label: Words
    meaning: Words
    unit: Unit
    theme: str
    protected: bool
    changeable: bool
    direction: Direction
    values: dict[str, Words] = {}
