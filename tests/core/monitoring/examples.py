"""Scored clients with outcomes, drawn once, and their counts by bin."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.model.outcomes import Money, Monitoring, Outcomes
from core.records import Flags, Floats
from core.training.outcomes import count_outcomes, sum_money

THRESHOLD = 0.15


@dataclass(frozen=True)
class Clients:
    """P(default), outcomes and AMT_CREDIT, of shape (n_clients,), and the groups "a" and "b"."""

    risk: Floats
    defaults: Flags
    credit: Floats
    in_a: Flags

    @property
    def outcomes(self) -> Outcomes:
        return count_outcomes(self.risk, self.defaults, threshold=THRESHOLD)

    @property
    def money(self) -> Money:
        return sum_money(self.risk, self.defaults, self.credit, threshold=THRESHOLD)


@cache
def clients(n: int = 20_000, seed: int = 1) -> Clients:
    """Calibrated clients; those of group a are safer."""
    random = np.random.default_rng(seed)
    in_a = random.random(n) < 0.6
    risk = np.where(in_a, random.beta(1.2, 14, n), random.beta(1.5, 10, n))
    return Clients(risk, random.random(n) < risk, random.lognormal(13, 0.6, n), in_a)


def by_hand(edges: tuple[float, ...], good: tuple[int, ...], bad: tuple[int, ...]) -> Outcomes:
    """Outcomes whose clients all have the middle of their bin as P(default)."""
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    return Outcomes(
        edges=edges,
        n=tuple(one + other for one, other in zip(good, bad, strict=True)),
        defaults=bad,
        risk=tuple(middle * (one + other) for middle, one, other in zip(middles, good, bad, strict=True)),
        brier=tuple(
            middle**2 * one + (1 - middle) ** 2 * other for middle, one, other in zip(middles, good, bad, strict=True)
        ),
    )


NOTHING = Monitoring()
