"""What a threshold does to groups of clients, from the counts by score bin of each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.bundle import SMALLEST_GROUP
from core.model.outcomes import Attribute, Group, Monitoring, Proxy
from core.model.schema import Figure
from core.monitoring.intervals import DRAWS, SEED, percentiles
from core.monitoring.policy import Rates, confusion, rates
from core.records import Floats

FOUR_FIFTHS = 0.8
"""Below this ratio of approval rates, US guidelines speak of adverse impact (29 CFR 1607.4 D)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """One group at a threshold.

    n, defaults: clients. expected: mean P(default); observed: share that defaulted, in the rates' population.
    calibration: observed less expected, with its interval, as a share. impact: approval divided by that of the group of
    the attribute with the highest approval (the adverse-impact ratio), with its interval; reference: it is that group.
    """

    attribute: Attribute
    value: str
    n: int
    defaults: int
    rates: Rates
    expected: float
    observed: float
    calibration: Figure
    impact: Figure
    reference: bool
    proxies: tuple[Proxy, ...]

    @property
    def below_four_fifths(self) -> bool:
        """Whether the adverse-impact ratio lies below four fifths."""
        return self.impact.value < FOUR_FIFTHS


def attributes(monitoring: Monitoring) -> tuple[Attribute, ...]:
    """The attributes by which the bundle holds two groups or more, in its order."""
    found = list(dict.fromkeys(group.attribute for group in monitoring.groups))
    return tuple(each for each in found if len(_members(monitoring, each)) > 1)


def compare_groups(
    monitoring: Monitoring, attribute: Attribute, threshold: float, review_band: float = 0.0
) -> tuple[GroupFigures, ...]:
    """The groups of an attribute at a threshold; both parameters in P(default). Groups under 50 are not among them."""
    members = _members(monitoring, attribute)
    if not members:
        return ()
    at_threshold = [rates(group.outcomes, threshold, review_band) for group in members]
    approvals = [each.approval.value if each.approval else 0.0 for each in at_threshold]
    reference = int(np.argmax(approvals))
    drawn = [_draw_approvals(group, threshold, place) for place, group in enumerate(members)]
    found = []
    for place, group in enumerate(members):
        n, defaults = sum(group.outcomes.n), sum(group.outcomes.defaults)
        expected, observed = sum(group.outcomes.risk) / n, defaults / n
        half = 1.959964 * float(np.sqrt(observed * (1 - observed) / n))
        ratio = approvals[place] / approvals[reference] if approvals[reference] else 1.0
        ratios = drawn[place] / np.maximum(drawn[reference], 1e-12)
        found.append(
            GroupFigures(
                attribute=attribute,
                value=group.value,
                n=n,
                defaults=defaults,
                rates=at_threshold[place],
                expected=expected,
                observed=observed,
                calibration=Figure(observed - expected, observed - expected - half, observed - expected + half),
                impact=Figure(1.0, 1.0, 1.0) if place == reference else percentiles(ratio, ratios),
                reference=place == reference,
                proxies=group.proxies,
            )
        )
    return tuple(found)


def _members(monitoring: Monitoring, attribute: Attribute) -> list[Group]:
    return [
        group for group in monitoring.groups if group.attribute == attribute and sum(group.outcomes.n) >= SMALLEST_GROUP
    ]


def _draw_approvals(group: Group, threshold: float, place: int) -> Floats:
    """Approval rates of bootstrap samples of a group, of shape (DRAWS,)."""
    cells = confusion(group.outcomes, threshold)
    n = round(cells.n)
    accepted = min(1.0, (cells.accepted_good + cells.accepted_bad) / n)
    random = np.random.default_rng(SEED + place)
    return np.asarray(random.binomial(n, accepted, DRAWS) / n, dtype=np.float64)
