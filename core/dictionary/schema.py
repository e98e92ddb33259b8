"""What there is to know of a column beside its values: an entry of the dictionary."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.i18n.translations import Language

Unit = Literal[
    "money",
    "years",
    "days",
    "days_ago",
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
    """One column that people know.

    protected: it is, or is made of, what the law protects from discrimination. changeable: a client can bring it about
    that the file says something else, soon or in time. direction: what the trade expects a higher shown value to do to
    the solvency: 1, −1, or 0 for nothing.
    """

    label: Words
    meaning: Words
    unit: Unit
    theme: str
    protected: bool
    changeable: bool
    direction: Direction
    values: dict[str, Words] = {}
