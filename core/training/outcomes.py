"""Outcomes by score, for `core.monitoring`: counts and money by bins of P(default), of all clients and by group."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import rankdata

from core.model.bundle import SMALLEST_GROUP
from core.model.outcomes import Attribute, Group, Money, Monitoring, Outcomes, Proxy
from core.model.schema import Column
from core.records import DAYS_PER_YEAR, Flags, Floats
from core.training.applications import Applications
from core.training.columns import with_histories
from core.training.score_bins import AGES

MAX_BINS = 200
MAX_GROUP_BINS = 100
STEP = 0.005
"""Thresholds at its multiples are edges wherever the clients are dense enough, so that figures there are exact."""
DIGITS = 6
MAX_PROXIES = 8
KNOWN_SHARE = 0.05
"""Columns known for a smaller share of the clients are not looked at as proxies."""
CATEGORIES: Mapping[Attribute, str] = {
    "sex": "CODE_GENDER",
    "family_status": "NAME_FAMILY_STATUS",
    "contract_type": "NAME_CONTRACT_TYPE",
    "region_rating": "REGION_RATING_CLIENT",
}
OWN: Mapping[Attribute, frozenset[str]] = {
    "age": frozenset({"DAYS_BIRTH"}),
    "contract_type": frozenset({"NAME_CONTRACT_TYPE"}),
    "region_rating": frozenset({"REGION_RATING_CLIENT"}),
}
"""The columns that are the attribute itself, and so no proxies of it."""


def describe_outcomes(
    applications: Applications,
    columns: Sequence[Column],
    values: Floats,
    probability: Floats,
    locked: Mapping[str, Floats],
    *,
    threshold: float,
) -> Monitoring:
    """The contents of a bundle's monitoring.json.

    Parameters
    ----------
    applications: the training clients.
    columns, values: the model's columns and the clients' values, of shape (n_clients, n_columns).
    probability: P(default), of shape (n_clients,), each by a model that had not seen the client.
    locked: by model, P(default) of the locked clients, of shape (n_locked,).
    threshold: on P(default); an edge of the bins.
    """
    defaults = applications.defaults
    groups = []
    for attribute, members in groups_of(applications).items():
        known = np.logical_or.reduce(list(members.values()))
        proxies = _proxies(attribute, members, known, columns, values)
        groups += [
            Group(
                attribute=attribute,
                value=value,
                outcomes=count_outcomes(
                    probability[chosen], defaults[chosen], threshold=threshold, max_bins=MAX_GROUP_BINS
                ),
                proxies=proxies[value],
            )
            for value, chosen in members.items()
        ]
    return Monitoring(
        outcomes=count_outcomes(probability, defaults, threshold=threshold),
        money=sum_money(probability, defaults, applications.credit, threshold=threshold),
        groups=tuple(groups),
        locked={
            name: count_outcomes(risk, defaults[applications.locked], threshold=threshold, max_bins=MAX_GROUP_BINS)
            for name, risk in locked.items()
        },
    )


def groups_of(applications: Applications) -> dict[Attribute, dict[str, Flags]]:
    """By attribute and value, the clients that have it, of shape (n_clients,); groups of fewer than 50 are left out.

    Clients of whom an attribute is not known are in none of its groups.
    """
    table = applications.table
    found: dict[Attribute, dict[str, Flags]] = {}
    for attribute, column in CATEGORIES.items():
        if column in table:
            texts = [_text(each) for each in table[column].tolist()]
            present = np.array(texts, dtype=object)
            found[attribute] = {value: present == value for value in sorted(set(texts) - {""})}
    age = -table["DAYS_BIRTH"].to_numpy(dtype=np.float64) / DAYS_PER_YEAR
    found["age"] = {name: (low <= age) & (age < high) for name, (low, high) in AGES.items()}
    known = with_histories(table)
    found["histories"] = {"none": ~known, "some": known} if known.any() else {}
    large = {
        attribute: {value: chosen for value, chosen in members.items() if chosen.sum() >= SMALLEST_GROUP}
        for attribute, members in found.items()
    }
    return {attribute: members for attribute, members in large.items() if members}


def count_outcomes(probability: Floats, defaults: Flags, *, threshold: float, max_bins: int = MAX_BINS) -> Outcomes:
    """Outcomes by bins of P(default): its quantiles, multiples of STEP and the threshold, joined up to 50 clients.

    probability, defaults: of shape (n_clients,). threshold: on P(default).
    """
    edges = bin_edges(probability, np.ones((1, len(probability))), threshold=threshold, max_bins=max_bins)
    place = np.searchsorted(edges, probability, side="left") - 1

    def total(weights: Floats) -> Floats:
        return np.bincount(place, weights=weights, minlength=len(edges) - 1).astype(np.float64)

    return Outcomes(
        edges=tuple(edges.tolist()),
        n=tuple(np.bincount(place, minlength=len(edges) - 1).tolist()),
        defaults=tuple(total(defaults.astype(np.float64)).astype(np.int64).tolist()),
        risk=_rounded(total(probability)),
        brier=_rounded(total((probability - defaults) ** 2)),
    )


def sum_money(probability: Floats, defaults: Flags, credit: Floats, *, threshold: float) -> Money:
    """AMT_CREDIT by bins of P(default), joined until each holds 50 good and 50 defaulted clients.

    probability, defaults, credit: of shape (n_clients,). threshold: on P(default).
    """
    good, bad = (~defaults).astype(np.float64), defaults.astype(np.float64)
    edges = bin_edges(probability, np.stack([good, bad]), threshold=threshold, max_bins=MAX_BINS)
    place = np.searchsorted(edges, probability, side="left") - 1

    def total(weights: Floats) -> Floats:
        return np.bincount(place, weights=weights, minlength=len(edges) - 1).astype(np.float64)

    return Money(
        edges=tuple(edges.tolist()),
        n_good=tuple(total(good).astype(np.int64).tolist()),
        n_defaulted=tuple(total(bad).astype(np.int64).tolist()),
        good=_rounded(total(good * credit)),
        defaulted=_rounded(total(bad * credit)),
        good_squares=_rounded(total(good * credit**2)),
        defaulted_squares=_rounded(total(bad * credit**2)),
    )


def bin_edges(probability: Floats, kinds: Floats, *, threshold: float, max_bins: int) -> Floats:
    """Edges from 0 to 1 between which at least 50 clients of each kind lie.

    The threshold is an edge if there are as many on both of its sides.

    Parameters
    ----------
    probability: P(default), of shape (n_clients,).
    kinds: 1 where a client is of a kind, else 0; of shape (n_kinds, n_clients).
    threshold: on P(default).
    max_bins: the number of quantiles.
    """
    quantiles = np.quantile(probability, np.arange(1, max_bins) / max_bins).round(DIGITS)
    inner = np.unique([*quantiles, *np.arange(STEP, 1.0, STEP).round(DIGITS), threshold])
    candidates = np.array([0.0, *inner[(inner > 0) & (inner < 1)], 1.0])
    place = np.searchsorted(candidates, probability, side="left") - 1
    sums = [np.bincount(place, weights=kind, minlength=len(candidates) - 1) for kind in kinds]
    counts = np.stack(sums).astype(np.float64)
    middle = int(np.searchsorted(candidates, threshold))
    sides = [(0, middle), (middle, len(candidates) - 1)]
    if any((counts[:, first:last].sum(axis=1) < SMALLEST_GROUP).any() for first, last in sides):
        sides = [(0, len(candidates) - 1)]
    chosen = [0, *itertools.chain.from_iterable(_joined(counts, first, last) for first, last in sides)]
    return candidates[chosen]


def _joined(counts: Floats, first: int, last: int) -> list[int]:
    """The upper edges of bins from edge `first` to `last`, each with 50 of every kind; the last bin takes the rest.

    counts: of shape (n_kinds, n_bins).
    """
    upper: list[int] = []
    held = np.zeros(len(counts))
    for place in range(first, last):
        held = held + counts[:, place]
        if (held >= SMALLEST_GROUP).all():
            upper.append(place + 1)
            held = np.zeros(len(counts))
    return [*upper[:-1], last] if upper else [last]


def _proxies(
    attribute: Attribute, members: Mapping[str, Flags], known: Flags, columns: Sequence[Column], values: Floats
) -> dict[str, tuple[Proxy, ...]]:
    found: dict[str, list[Proxy]] = {value: [] for value in members}
    for column, numbers in zip(columns, values.T, strict=True):
        here = known & ~np.isnan(numbers)
        if column.source in OWN.get(attribute, ()) or here.sum() < KNOWN_SHARE * len(numbers):
            continue
        ranks = rankdata(numbers[here])
        for value, chosen in members.items():
            inside = chosen[here]
            n, others = int(inside.sum()), int((~inside).sum())
            if min(n, others) >= SMALLEST_GROUP:
                auc = (float(ranks[inside].sum()) - n * (n + 1) / 2) / (n * others)
                found[value].append(Proxy(column.name, round(auc, DIGITS), n + others))
    return {
        value: tuple(sorted(proxies, key=lambda each: (-abs(each.auc - 0.5), each.column))[:MAX_PROXIES])
        for value, proxies in found.items()
    }


def _rounded(sums: Floats) -> tuple[float, ...]:
    return tuple(sums.round(DIGITS).tolist())


def _text(value: object) -> str:
    """A category as text, a whole number without its decimals; "" where it is missing."""
    if isinstance(value, float):
        return "" if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return "" if value is None or value != value else str(value)
