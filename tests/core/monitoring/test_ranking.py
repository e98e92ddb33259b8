"""ROC, Gini, KS, precision and recall from bins: worked by hand, and against scikit-learn on the single clients."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_score, recall_score, roc_auc_score

from core.monitoring.ranking import curves, ranking_figures
from core.scoring.assess import Model
from core.training.metrics import kolmogorov_smirnov, measure_with_intervals
from tests.core.monitoring.examples import THRESHOLD, by_hand, clients

HAND = by_hand((0.0, 0.1, 0.2, 1.0), good=(60, 30, 10), bad=(2, 3, 5))


def test_ks_and_auc_worked_by_hand() -> None:
    """Good 60 %, 90 %, 100 % and defaulted 20 %, 50 %, 100 % lie at or below the edges: KS is 40 points.

    A defaulted client of the first bin beats half of its 60 good ones, of the second 60 and half of 30, of the last 90
    and half of 10: (2·30 + 3·75 + 5·95) / (10·100) = 0.76.
    """
    figures = ranking_figures(HAND)
    assert figures["ks"].value == pytest.approx(0.4)
    assert figures["roc_auc"].value == pytest.approx(0.76)
    assert figures["gini"].value == pytest.approx(0.52)


def test_precision_and_recall_worked_by_hand() -> None:
    found = curves(HAND)
    assert found is not None
    assert found.threshold.tolist() == [1.0, 0.2, 0.1, 0.0]
    assert found.recall.tolist() == pytest.approx([0.0, 0.5, 0.8, 1.0])
    assert found.false_alarms.tolist() == pytest.approx([0.0, 0.1, 0.4, 1.0])
    assert found.precision[1:].tolist() == pytest.approx([5 / 15, 8 / 48, 10 / 110])
    assert found.flagged.tolist() == pytest.approx([0.0, 15 / 110, 48 / 110, 1.0])


def test_figures_from_bins_are_scikit_learn_s_on_the_clients() -> None:
    drawn = clients()
    figures = ranking_figures(drawn.outcomes)
    assert figures["roc_auc"].value == pytest.approx(roc_auc_score(drawn.defaults, drawn.risk), abs=5e-4)
    assert figures["pr_auc"].value == pytest.approx(average_precision_score(drawn.defaults, drawn.risk), abs=5e-3)
    assert figures["ks"].value == pytest.approx(kolmogorov_smirnov(drawn.risk, drawn.defaults), abs=5e-3)


def test_precision_and_recall_at_the_threshold_are_scikit_learn_s() -> None:
    drawn = clients()
    found = curves(drawn.outcomes)
    assert found is not None
    place = found.threshold.tolist().index(THRESHOLD)
    refused = drawn.risk > THRESHOLD
    assert found.precision[place] == pytest.approx(precision_score(drawn.defaults, refused))
    assert found.recall[place] == pytest.approx(recall_score(drawn.defaults, refused))


def test_the_interval_is_that_of_a_bootstrap_of_the_clients() -> None:
    drawn = clients()
    ours = ranking_figures(drawn.outcomes)["roc_auc"]
    theirs = measure_with_intervals(drawn.risk, drawn.defaults, drawn.credit, threshold=THRESHOLD, draws=200)["roc_auc"]
    assert ours.high - ours.low == pytest.approx(theirs.high - theirs.low, rel=0.2)
    assert ours.low < ours.value < ours.high
    assert ranking_figures(drawn.outcomes)["roc_auc"] == ours


@pytest.mark.parametrize(("good", "bad"), [((60, 40), (0, 0)), ((0, 0), (60, 40))])
def test_one_class_only_has_no_ranking(good: tuple[int, ...], bad: tuple[int, ...]) -> None:
    one = by_hand((0.0, 0.5, 1.0), good, bad)
    assert curves(one) is None
    assert ranking_figures(one) == {}


def test_every_curve_rises() -> None:
    found = curves(clients().outcomes)
    assert found is not None
    for line in (found.recall, found.false_alarms, found.flagged):
        assert (np.diff(line) >= 0).all()


def test_the_shipped_bundle_has_the_curves_of_the_model_its_twin_and_the_baseline(model: Model) -> None:
    """All on the same 16,376 locked clients, 1,334 of whom defaulted; their areas are those that training measured."""
    card, locked = model.bundle.card, model.bundle.monitoring.locked
    assert list(locked) == ["shipped", "application_only", "logistic"]
    assert {(sum(each.n), sum(each.defaults)) for each in locked.values()} == {(16376, 1334)}
    beside = {each.other: each for each in card.comparisons if each.clients == "all"}
    measured = {"shipped": card.figures["roc_auc"].value}
    measured |= {name: beside[name].figures["roc_auc"].value for name in beside}
    assert {name: round(value, 4) for name, value in measured.items()} == {
        "shipped": 0.7577,
        "application_only": 0.7587,
        "logistic": 0.7324,
    }
    for name, each in locked.items():
        assert ranking_figures(each)["roc_auc"].value == pytest.approx(measured[name], abs=0.0002)
