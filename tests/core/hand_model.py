"""A model whose log-odds and SHAP values are typed by hand, so that a test knows the answer beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.alignment.aligner import Aligner
from core.model.bundle import Bundle
from core.model.schema import Column, Policy, Population
from core.records import Floats
from core.scoring.assess import Model
from tests.core.small_bundle import loaded, small_contents


@dataclass(frozen=True)
class HandEstimator:
    """rule: log-odds of default, of shape (n_clients,), of values (n_clients, n_columns); shap: each client's row."""

    rule: Callable[[Floats], Floats]
    shap: Sequence[Sequence[float]] = ()
    base: float = 0.0

    def log_odds(self, values: Floats) -> Floats:
        return self.rule(values)

    def probability(self, values: Floats) -> Floats:
        """A round share of the log-odds, no sigmoid: whoever works it out anew gets another number."""
        return 0.5 + self.rule(values) / 1000.0

    def shap_values(self, values: Floats, on_checkpoint: Callable[[], None] = lambda: None) -> tuple[Floats, Floats]:
        on_checkpoint()
        return np.array(self.shap, dtype=np.float64), np.full(len(self.shap), self.base)


def hand_bundle(columns: Sequence[Column], estimator: HandEstimator, policy: Policy) -> Bundle:
    """A bundle of these columns that knows nothing of its population."""
    bundle = loaded(small_contents())
    return replace(
        bundle, columns=tuple(columns), estimator=estimator, policy=policy, population=Population(), golden=()
    )


def hand_model(columns: Sequence[Column], estimator: HandEstimator, policy: Policy) -> Model:
    """The same, ready to answer."""
    return Model(hand_bundle(columns, estimator, policy), Aligner(columns))
