"""Aggregates of outcomes by score in a bundle's monitoring.json: what the figures of `core.monitoring` come from."""

from __future__ import annotations

from typing import Literal

import msgspec

Attribute = Literal["sex", "family_status", "age", "contract_type", "region_rating", "histories"]
"""What clients are grouped by."""
MAX_AMOUNT = 1e15
"""An AMT_CREDIT from which on no sum holds its digits; it counts as not known."""


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Clients by bins of P(default), each by a model that had not seen them; at least 50 clients a bin.

    edges: n_bins + 1 values of P(default) from 0 to 1; a client is in the bin with low < P(default) <= high, so that
    the bins up to an edge hold the clients that a threshold at the edge accepts. n: clients; defaults: those that
    defaulted. risk: sum of P(default). brier: sum of (P(default) − outcome)², the outcome being 1 for a default.
    """

    edges: tuple[float, ...]
    n: tuple[int, ...]
    defaults: tuple[int, ...]
    risk: tuple[float, ...]
    brier: tuple[float, ...]


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """AMT_CREDIT by bins of P(default), as in `Outcomes`; at least 50 good and 50 defaulted clients a bin.

    n_good, n_defaulted: clients. good, defaulted: sums of their AMT_CREDIT, in the data set's currency. good_squares,
    defaulted_squares: sums of its squares, for intervals.
    """

    edges: tuple[float, ...]
    n_good: tuple[int, ...]
    n_defaulted: tuple[int, ...]
    good: tuple[float, ...]
    defaulted: tuple[float, ...]
    good_squares: tuple[float, ...]
    defaulted_squares: tuple[float, ...]


class Proxy(msgspec.Struct, frozen=True):
    """How well one column of the model tells a group from the other clients.

    auc: the probability that a client of the group has the larger value than a client of the others, ties counting
    half; 0.5 tells nothing. n: clients of whom both the column and the group are known.
    """

    column: str
    auc: float
    n: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The outcomes of one group of at least 50 clients, and the columns that tell it apart best, best first."""

    attribute: Attribute
    value: str
    outcomes: Outcomes
    proxies: tuple[Proxy, ...] = ()


class Monitoring(msgspec.Struct, frozen=True, kw_only=True):
    """Outcomes by score: of all training clients, in money, by group, and of each model on the locked clients.

    locked: "shipped", "application_only" and "logistic", as far as they were compared (see `Comparison`). Everything
    is empty in bundles that were written before format 3, and in converted ones.
    """

    outcomes: Outcomes | None = None
    money: Money | None = None
    groups: tuple[Group, ...] = ()
    locked: dict[str, Outcomes] = {}
