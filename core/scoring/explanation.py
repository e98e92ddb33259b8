"""Explanations: SHAP values, summed over the model columns of each source column.

The estimator gives one SHAP value per model column in log-odds of default, and the average client's log-odds (see
`core.model.estimator`). The affine calibration rescales them; they still add up to the calibrated log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from core.alignment.parsers import decode_binary
from core.model.bundle import Bundle
from core.model.schema import Column
from core.records import Checkpoint, Contribution, Explanation, Floats, Origins, ValueOrigin, no_checkpoint

NEAR_ZERO = 1e-9
_GIVEN, _STATES = int(ValueOrigin.GIVEN), {int(state): state for state in ValueOrigin}


@dataclass(frozen=True, slots=True)
class Reasons:
    """The largest contributions that raise a client's solvency, and those that lower it; largest first."""

    raising: tuple[Contribution, ...]
    lowering: tuple[Contribution, ...]


def shap_values(values: Floats, bundle: Bundle, on_checkpoint: Checkpoint = no_checkpoint) -> tuple[Floats, Floats]:
    """SHAP values (n_clients, n_columns) and base values (n_clients,), in calibrated log-odds of default.

    Parameters
    ----------
    values: aligned clients, of shape (n_clients, n_columns).
    bundle: the model.
    on_checkpoint: called between parts of the work; an exception that it raises ends the work.

    Raises
    ------
    NotExplained: the model cannot be explained column by column.
    """
    contributions, base = bundle.estimator.shap_values(values, on_checkpoint)
    slope, intercept = bundle.policy.slope, bundle.policy.intercept
    return contributions * slope, intercept + slope * base


def explain(values: Floats, states: Origins, bundle: Bundle) -> tuple[Explanation, ...]:
    """One explanation per client, from aligned values and origins of shape (n_clients, n_columns).

    Raises NotExplained.
    """
    if not len(values):
        return ()
    contributions, bases = shap_values(values, bundle)
    return tuple(
        _explain_one(contributions[index], float(bases[index]), values[index], states[index], bundle)
        for index in range(len(values))
    )


def points_of_solvency(log_odds: Floats, base: float) -> Floats:
    """Convert contributions to percentage points of solvency that add up to the difference of the solvencies.

    With s0 the solvency at `base` and s the client's: 100·c·(s − s0)/Σc for a contribution c. If |Σc| < 1e-9, the
    slope of the logistic curve is used instead: −100·c·p·(1 − p). A positive c (more risk) gives negative points.
    Example: Σc = 0.4 from s0 = 0.9 to s = 0.858 gives −10.5 points per unit of c.

    Parameters
    ----------
    log_odds: contributions of shape (n,), in log-odds of default.
    base: log-odds of default before the contributions, such as the average client's.
    """
    total = float(log_odds.sum())
    risk_before = float(expit(base))
    if abs(total) < NEAR_ZERO:
        return np.asarray(-100.0 * log_odds * risk_before * (1.0 - risk_before))
    risk_after = float(expit(base + total))
    return np.asarray(-100.0 * log_odds * ((risk_after - risk_before) / total))


def reasons(explanation: Explanation, limit: int = 3) -> Reasons:
    """The largest contributions that raise this client's solvency, and that lower it; at most `limit` of each."""
    raising = [each for each in explanation.contributions if each.points > 0]
    lowering = [each for each in explanation.contributions if each.points < 0]
    return Reasons(tuple(raising[:limit]), tuple(lowering[:limit]))


def top_reasons(
    values: Floats, bundle: Bundle, limit: int, on_checkpoint: Checkpoint = no_checkpoint
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """The source columns that raise each client's solvency most, and those that lower it most.

    They are the columns that `reasons` gives for one client, computed for thousands of clients at once.

    Parameters
    ----------
    values : aligned clients, of shape (n_clients, n_columns)
    limit : the largest number of columns, raising and lowering each
    on_checkpoint : as in `shap_values`

    Returns
    -------
    Two arrays of shape (n_clients, limit): positions in `bundle.sources`, largest first, padded with −1.

    Raises
    ------
    NotExplained : as in `shap_values`
    """
    contributions, _ = shap_values(values, bundle, on_checkpoint)
    order = sorted(range(len(bundle.sources)), key=lambda place: bundle.sources[place])
    members = [list(bundle.slots[bundle.sources[place]]) for place in order]
    sums = np.stack([contributions[:, slots].sum(axis=1) for slots in members], axis=1)
    raising, lowering = (_largest(sums * sign, np.array(order, dtype=np.int16), limit) for sign in (-1.0, 1.0))
    return raising, lowering


def _largest(sums: Floats, names: NDArray[np.int16], limit: int) -> NDArray[np.int16]:
    """The names of the largest positive sums of each row; equal sums keep their order. Padded with −1."""
    first = np.argsort(-sums, axis=1, kind="stable")[:, :limit]
    positive = np.take_along_axis(sums, first, axis=1) > 0.0
    return np.where(positive, names[first], np.int16(-1))


def shown_value(members: Sequence[tuple[Column, float]]) -> float | str | None:
    """The value of a source column (a category, a number or None), from its model columns and their values."""
    column, value = members[0]
    if column.kind == "one_hot":
        return next((each.category for each, number in members if number == 1.0), None)
    if math.isnan(value):
        return None
    return decode_binary(column.name, value) if column.kind == "binary" else float(value)


def _explain_one(contributions: Floats, base: float, values: Floats, states: Origins, bundle: Bundle) -> Explanation:
    in_order, starts = bundle.slots_by_source
    sums = np.add.reduceat(contributions[in_order], starts)
    points = points_of_solvency(sums, base)
    shown, origins = _shown_values(values, bundle), _origins(states[in_order], starts)
    # Largest first, equal ones by name.
    order = np.lexsort((bundle.alphabetical, -np.abs(sums)))
    sources, places = bundle.sources, order.tolist()
    total = base + float(sums.sum())
    return Explanation(
        base_log_odds=base,
        log_odds=total,
        base_solvency=1.0 - float(expit(base)),
        solvency=1.0 - float(expit(total)),
        contributions=tuple(
            map(
                Contribution,
                [sources[place] for place in places],
                sums[order].tolist(),
                points[order].tolist(),
                [shown[place] for place in places],
                [_STATES[state] for state in origins[order].tolist()],
            )
        ),
    )


def _shown_values(values: Floats, bundle: Bundle) -> list[float | str | None]:
    """The `shown_value` of every source column."""
    in_order, starts = bundle.slots_by_source
    first = values[in_order[starts]]
    shown: list[float | str | None] = first.tolist()
    for place in np.flatnonzero(np.isnan(first)).tolist():
        shown[place] = None
    for place, slots in bundle.in_letters:
        shown[place] = shown_value([(bundle.columns[slot], float(values[slot])) for slot in slots])
    return shown


def _origins(states: Origins, starts: NDArray[np.intp]) -> Origins:
    """The origin of each source column's value: GIVEN if any of its model columns was given, else that of the first."""
    given = np.logical_or.reduceat(states == _GIVEN, starts)
    return np.where(given, np.int8(_GIVEN), states[starts])
