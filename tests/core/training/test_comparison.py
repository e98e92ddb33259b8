"""Two models on the same clients: each figure, and the interval of the difference."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.records import Flags, Floats
from core.training.comparison import Scored, compare_models, paired
from core.training.threshold import loss_share

BAD = np.array([True, True, False, False])
CREDIT = np.array([100.0, 300.0, 100.0, 200.0])


def scored(*probability: float, threshold: float = 0.5) -> Scored:
    return Scored(np.array(probability), threshold, 3, 7)


def test_figures_by_hand() -> None:
    # The first refuses both who defaulted; the second accepts 300 lost and refuses 200 good: (300 + 38) / 400.
    first, second, difference = paired(scored(0.9, 0.8, 0.2, 0.1), scored(0.9, 0.4, 0.2, 0.6), BAD, CREDIT, draws=20)
    assert (first["roc_auc"].value, first["loss_share"].value) == (1.0, 0.0)
    assert second["roc_auc"].value == 0.75
    assert second["loss_share"].value == pytest.approx(0.845)
    assert difference["roc_auc"].value == 0.25
    assert difference["loss_share"].value == pytest.approx(-0.845)


def test_equal_probabilities_count_half() -> None:
    first, _, _ = paired(scored(0.5, 0.5, 0.5, 0.5), scored(0.9, 0.8, 0.2, 0.1), BAD, CREDIT, draws=5)
    assert first["roc_auc"].value == 0.5


def drawn(n: int = 1500) -> tuple[Floats, Flags, Floats]:
    chance = np.random.default_rng(5)
    risk = np.round(chance.beta(2, 8, n), 2)
    return risk, chance.random(n) < risk, chance.uniform(1, 9, n)


def test_the_figures_are_those_of_the_other_measures_ties_included() -> None:
    risk, bad, credit = drawn()
    first, _, _ = paired(Scored(risk, 0.2, 1, 1), Scored(risk, 0.3, 1, 1), bad, credit, draws=5)
    assert first["roc_auc"].value == pytest.approx(roc_auc_score(bad, risk))
    assert first["loss_share"].value == pytest.approx(loss_share(risk, bad, credit, threshold=0.2))


def test_a_model_differs_from_itself_by_nothing_in_every_sample() -> None:
    risk, bad, credit = drawn()
    same = Scored(risk, 0.2, 1, 1)
    own, _, difference = paired(same, same, bad, credit, draws=50)
    assert {(each.value, each.low, each.high) for each in difference.values()} == {(0.0, 0.0, 0.0)}
    assert own["roc_auc"].low < own["roc_auc"].value < own["roc_auc"].high


def test_clients_with_and_without_histories_are_compared_apart_where_there_are_enough() -> None:
    risk, bad, credit = drawn()
    chance = np.random.default_rng(6)
    worse = Scored(chance.permutation(risk), 0.2, 1, 1)
    some, few = chance.random(len(risk)) < 0.5, np.arange(len(risk)) < 60
    found = compare_models(Scored(risk, 0.2, 9, 5), {"logistic": worse}, bad, credit, some)
    assert [each.clients for each in found] == ["all", "without_histories", "with_histories"]
    assert found[0].n == len(risk) == found[1].n + found[2].n
    assert found[0].defaults == bad.sum()
    assert found[0].difference["roc_auc"].low > 0
    assert [each.clients for each in compare_models(worse, {"logistic": worse}, bad, credit, few)] == [
        "all",
        "without_histories",
    ]
