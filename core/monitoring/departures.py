"""What the journal's departures from the model's advice were worth: granted loans by advice, with their outcomes.

Only a granted loan has an outcome: what a refusal against the advice was worth cannot be known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.decisions.grants import last_grants
from core.decisions.journal import Journal
from core.errors import JournalError, Problem
from core.model.schema import Figure
from core.monitoring.intervals import Z, share
from core.monitoring.policy import Costs
from core.records import Floats, Verdict


@dataclass(slots=True)
class LoanCounts:
    """Granted loans under one advice.

    n, defaults: clients with an outcome. n_priced: those whose amount is known; good, defaulted, good_squares,
    defaulted_squares: sums of the amounts, AMT_CREDIT, and of their squares.
    """

    n: int = 0
    defaults: int = 0
    n_priced: int = 0
    good: float = 0.0
    defaulted: float = 0.0
    good_squares: float = 0.0
    defaulted_squares: float = 0.0

    @property
    def default_rate(self) -> Figure | None:
        """The share that defaulted, with Wilson's interval; None of no loan."""
        return share(self.defaults, self.n)

    def profit(self, costs: Costs) -> Figure | None:
        """costs.refusal of the good loans' amounts less costs.default of the others'; None of none, or too large.

        The interval, 95 %, is that of a sum of n independent loans: ± 1.96 · √(Σx² − (Σx)²/n), x the profit of one.
        """
        if not self.n_priced:
            return None
        total = costs.refusal * self.good - costs.default * self.defaulted
        squares = costs.refusal**2 * self.good_squares + costs.default**2 * self.defaulted_squares
        half = Z * float(np.sqrt(np.maximum(squares - total * total / self.n_priced, 0.0)))
        return Figure(total, total - half, total + half) if math.isfinite(half) else None

    def add(self, defaulted: bool, amount: float | None) -> None:
        """Count one loan; amount: AMT_CREDIT, None where it is not known."""
        self.n += 1
        self.defaults += defaulted
        if amount is None:
            return
        self.n_priced += 1
        if defaulted:
            self.defaulted += amount
            self.defaulted_squares += amount * amount
        else:
            self.good += amount
            self.good_squares += amount * amount


@dataclass(slots=True)
class GrantedLoans:
    """The granted loans of a file's clients with an outcome, by the advice for them; `count` takes its pieces.

    without: clients whose decisions granted none. problem: why the journal could not be read. Nothing is known of
    clients of whom the journal has no decision.
    """

    journal: Journal | None = None
    by_advice: Mapping[Verdict, LoanCounts] = field(
        default_factory=lambda: {verdict: LoanCounts() for verdict in Verdict}
    )
    without: int = 0
    problem: Problem | None = None

    @property
    def n(self) -> int:
        """Granted loans with an outcome."""
        return sum(each.n for each in self.by_advice.values())

    def count(self, ids: Sequence[str], defaults: Floats) -> None:
        """Count clients with an outcome: SK_ID_CURR as text, and 1 for a default or 0, of shape (n_clients,)."""
        if self.journal is None or self.problem is not None or not ids:
            return
        try:
            found = last_grants(self.journal, ids)
        except JournalError as error:
            self.problem = error.problem
            return
        self.without += len(found.without)
        for client, default in zip(ids, defaults.tolist(), strict=True):
            grant = found.grants.get(client)
            if grant is not None:
                self.by_advice[grant.advice].add(bool(default), grant.amount)


def rate_difference(first: LoanCounts, second: LoanCounts) -> Figure | None:
    """The first default rate less the second, with Newcombe's interval from both Wilson's (Newcombe, 1998, method 10).

    None where there are no loans of either.
    """
    one, two = first.default_rate, second.default_rate
    if one is None or two is None:
        return None
    value = one.value - two.value
    below = float(np.hypot(one.value - one.low, two.high - two.value))
    above = float(np.hypot(one.high - one.value, two.value - two.low))
    return Figure(value, value - below, value + above)
