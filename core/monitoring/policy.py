"""What a threshold does: approvals, defaults among them, refused good clients, and money, from counts by score bin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.outcomes import Money, Outcomes
from core.model.schema import Figure
from core.monitoring.intervals import draw_money, percentiles, share
from core.records import Floats

LOSS_OF_DEFAULT, LOSS_OF_REFUSAL = 1.0, 0.19
"""Shares of AMT_CREDIT: what a default loses, and what refusing a good client forgoes."""
FLAT = 0.01
"""A loss is about as small as the smallest if it is larger by at most this share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Shares of AMT_CREDIT.

    default: lost by an accepted client who defaults. refusal: forgone by a refused good client.
    """

    default: float = LOSS_OF_DEFAULT
    refusal: float = LOSS_OF_REFUSAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Clients by decision and outcome; fractions where the threshold lies inside a bin."""

    accepted_good: float
    accepted_bad: float
    refused_good: float
    refused_bad: float

    @property
    def n(self) -> float:
        """All clients."""
        return self.accepted_good + self.accepted_bad + self.refused_good + self.refused_bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares with intervals; None of nobody.

    approval: of all clients. default_rate: that defaulted, of the accepted. good_refused: of the good clients.
    good_accepted: of the good clients (the true-positive rate, acceptance of a good client being the positive).
    to_review: of all clients, in the review band.
    """

    approval: Figure | None
    default_rate: Figure | None
    good_refused: Figure | None
    good_accepted: Figure | None
    to_review: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """AMT_CREDIT by decision and outcome, and what follows from the costs, in the data set's currency.

    loss: costs.default of the accepted that defaulted, and costs.refusal of the refused good clients. profit:
    costs.refusal of the accepted good clients, less costs.default of the accepted that defaulted. loss_share: the loss
    divided by that of accepting everybody.
    """

    credit: Confusion
    loss: Figure
    profit: Figure
    loss_share: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCurve:
    """The loss at each edge of the bins, and where it is smallest.

    threshold: on P(default); loss: in the data set's currency; both of shape (n_edges,). best: the threshold with the
    smallest loss, with the interval of the bootstrap samples' best ones. flat: from where to where the loss is at most
    1 % above the smallest.
    """

    threshold: Floats
    loss: Floats
    best: Figure
    flat: tuple[float, float]


def confusion(outcomes: Outcomes, threshold: float) -> Confusion:
    """Clients by decision and outcome at a threshold on P(default); one above it is refused."""
    good = np.array(outcomes.n) - np.array(outcomes.defaults)
    return _split(outcomes.edges, good, np.array(outcomes.defaults), threshold)


def rates(outcomes: Outcomes, threshold: float, review_band: float = 0.0) -> Rates:
    """The shares at a threshold, with Wilson's intervals; both parameters in P(default)."""
    cells = confusion(outcomes, threshold)
    cumulative = np.concatenate([[0.0], np.cumsum(outcomes.n)])
    ends = np.interp([threshold - review_band, threshold + review_band], outcomes.edges, cumulative)
    good = cells.accepted_good + cells.refused_good
    accepted = cells.accepted_good + cells.accepted_bad
    return Rates(
        approval=share(accepted, cells.n),
        default_rate=share(cells.accepted_bad, accepted),
        good_refused=share(cells.refused_good, good),
        good_accepted=share(cells.accepted_good, good),
        to_review=share(float(ends[1] - ends[0]), cells.n),
    )


def amounts(money: Money, threshold: float, costs: Costs) -> Amounts:
    """What a threshold on P(default) means in money, with bootstrap intervals."""
    credit = _split(money.edges, np.array(money.good), np.array(money.defaulted), threshold)
    good, bad = draw_money(money)
    accepted_good, accepted_bad = (_below(money.edges, each, threshold) for each in (good, bad))
    refused_good = good.sum(axis=1) - accepted_good
    loss = costs.default * accepted_bad + costs.refusal * refused_good
    profit = costs.refusal * accepted_good - costs.default * accepted_bad
    everybody = costs.default * bad.sum(axis=1)
    own_loss = costs.default * credit.accepted_bad + costs.refusal * credit.refused_good
    own_profit = costs.refusal * credit.accepted_good - costs.default * credit.accepted_bad
    own_everybody = costs.default * (credit.accepted_bad + credit.refused_bad)
    return Amounts(
        credit=credit,
        loss=percentiles(own_loss, loss),
        profit=percentiles(own_profit, profit),
        loss_share=_loss_share(own_loss, own_everybody, loss, everybody),
    )


def _loss_share(own_loss: float, own_everybody: float, loss: Floats, everybody: Floats) -> Figure | None:
    """The loss divided by that if everybody were approved, from the samples in which somebody defaulted; None of none.

    loss, everybody: of bootstrap samples, of shape (DRAWS,).
    """
    lossy = everybody > 0
    if own_everybody <= 0 or not lossy.any():
        return None
    return percentiles(own_loss / own_everybody, loss[lossy] / everybody[lossy])


def difference_in_profit(money: Money, first: float, second: float, costs: Costs) -> Figure:
    """The profit at one threshold less that at another, on the same bootstrap samples, in the data set's currency."""
    samples = []
    for good, bad in ((np.array([money.good]), np.array([money.defaulted])), draw_money(money)):
        profits = [
            costs.refusal * _below(money.edges, good, each) - costs.default * _below(money.edges, bad, each)
            for each in (first, second)
        ]
        samples.append(profits[0] - profits[1])
    return percentiles(float(samples[0][0]), samples[1])


def loss_curve(money: Money, costs: Costs) -> LossCurve:
    """The loss by threshold."""
    edges = np.array(money.edges)
    loss = _losses(np.array([money.good]), np.array([money.defaulted]), costs)[0]
    drawn = _losses(*draw_money(money), costs)
    best = float(edges[np.argmin(loss)])
    near = edges[loss <= (1.0 + FLAT) * loss.min()]
    return LossCurve(
        threshold=edges,
        loss=loss,
        best=percentiles(best, edges[np.argmin(drawn, axis=1)]),
        flat=(float(near.min()), float(near.max())),
    )


def _losses(good: Floats, bad: Floats, costs: Costs) -> Floats:
    """The loss at each edge, of shape (n_samples, n_edges); good, bad: AMT_CREDIT of shape (n_samples, n_bins)."""
    nothing = np.zeros((len(good), 1))
    accepted_bad = np.concatenate([nothing, np.cumsum(bad, axis=1)], axis=1)
    accepted_good = np.concatenate([nothing, np.cumsum(good, axis=1)], axis=1)
    refused_good = accepted_good[:, -1:] - accepted_good
    return np.asarray(costs.default * accepted_bad + costs.refusal * refused_good, dtype=np.float64)


def _below(edges: tuple[float, ...], amounts: Floats, threshold: float) -> Floats:
    """The sum of the bins up to a threshold, of shape (n_samples,); the bin that it lies in counts in proportion."""
    at = np.array(edges)
    parts = np.clip((threshold - at[:-1]) / np.diff(at), 0.0, 1.0)
    return np.asarray(amounts @ parts, dtype=np.float64)


def _split(edges: tuple[float, ...], good: Floats, bad: Floats, threshold: float) -> Confusion:
    accepted_good, accepted_bad = (float(_below(edges, each[None, :], threshold)[0]) for each in (good, bad))
    return Confusion(
        accepted_good=accepted_good,
        accepted_bad=accepted_bad,
        refused_good=float(good.sum()) - accepted_good,
        refused_bad=float(bad.sum()) - accepted_bad,
    )
