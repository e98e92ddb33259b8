"""A proposal for another threshold with its evidence, and what it would change in a scored portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.model.bundle import Bundle
from core.model.schema import Figure
from core.monitoring.available import is_approximate, monitoring_of
from core.monitoring.fairness import attributes, compare_groups
from core.monitoring.intervals import DRAWS, SEED
from core.monitoring.policy import Costs, amounts, difference_in_profit, loss_curve, rates
from core.records import Floats

FORMAT = 1
COMMAND = "python -m core bundle set-threshold {threshold:g} --because '…'"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioChange:
    """Places of the clients that would change sides, and how many would lie in the review band."""

    newly_accepted: NDArray[np.int64]
    newly_refused: NDArray[np.int64]
    to_review: int


def change_of_portfolio(probability: Floats, present: float, threshold: float, review_band: float) -> PortfolioChange:
    """What another threshold would change for scored clients.

    probability: P(default), of shape (n_clients,); the other parameters in P(default).
    """
    accepted, would_be = probability <= present, probability <= threshold
    low, high = round(threshold - review_band, 12), round(threshold + review_band, 12)
    return PortfolioChange(
        newly_accepted=np.flatnonzero(would_be & ~accepted),
        newly_refused=np.flatnonzero(accepted & ~would_be),
        to_review=int(((probability >= low) & (probability <= high)).sum()),
    )


def make_proposal(bundle: Bundle, *, threshold: float, review_band: float, costs: Costs) -> dict[str, Any]:
    """A proposal as plain values for JSON: both thresholds on P(default), each with its figures, and by group.

    Parameters
    ----------
    bundle: the bundle that serves. threshold, review_band: proposed, in P(default). costs: as shares of AMT_CREDIT.

    Raises
    ------
    ValueError: the bundle holds no outcomes.
    """
    monitoring = monitoring_of(bundle)
    outcomes, money = monitoring.outcomes, monitoring.money
    if outcomes is None or money is None:
        raise ValueError("the bundle holds no outcomes")
    curve = loss_curve(money, costs)

    def evidence(at: float) -> dict[str, Any]:
        by_group = {
            attribute: {
                group.value: {
                    "n": group.n,
                    "approval": _figure(group.rates.approval),
                    "default_rate_of_approved": _figure(group.rates.default_rate),
                    "good_clients_approved": _figure(group.rates.good_accepted),
                    "adverse_impact_ratio": _figure(group.impact),
                }
                for group in compare_groups(monitoring, attribute, at, review_band)
            }
            for attribute in attributes(monitoring)
        }
        found, sums = rates(outcomes, at, review_band), amounts(money, at, costs)
        return {
            "threshold": at,
            "solvency_line": 1.0 - at,
            "approval": _figure(found.approval),
            "default_rate_of_approved": _figure(found.default_rate),
            "good_clients_refused": _figure(found.good_refused),
            "to_review": _figure(found.to_review),
            "loss": _figure(sums.loss),
            "profit": _figure(sums.profit),
            "groups": by_group,
        }

    return {
        "format": FORMAT,
        "kind": "threshold_proposal",
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bundle": bundle.digest,
        "scale": "probability of default",
        "sample": {
            "n": sum(outcomes.n),
            "defaults": sum(outcomes.defaults),
            "scored_by": "models that had not seen them",
            "from_score_bins": is_approximate(bundle),
        },
        "intervals": {"level": 0.95, "shares": "Wilson", "money": f"bootstrap, {DRAWS} samples, seed {SEED}"},
        "review_band": review_band,
        "costs": {"default": costs.default, "refusal_of_good_client": costs.refusal, "of": "AMT_CREDIT"},
        "present": evidence(bundle.policy.threshold),
        "proposed": evidence(threshold),
        "gain_in_profit": _figure(difference_in_profit(money, threshold, bundle.policy.threshold, costs)),
        "smallest_loss": {"threshold": _figure(curve.best), "within_1_percent": list(curve.flat)},
        "takes_effect_by": COMMAND.format(threshold=threshold),
    }


def _figure(figure: Figure | None) -> dict[str, float] | None:
    return None if figure is None else msgspec.structs.asdict(figure)
