"""The fast way to reasons agrees with the trees' own, and gives way to it where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from core.model import estimator, fast_shap
from core.model.estimator import LightGBMEstimator
from core.model.fast_shap import MIN_CLIENTS, TOLERANCE, fast_shap_values
from core.records import Floats
from core.scoring.assess import Model
from tests.core.conftest import Thousand

SOME = 150


@pytest.fixture(scope="module")
def values(thousand: Thousand) -> Floats:
    return thousand.found.aligned.values[:SOME]


def trees(model: Model) -> LightGBMEstimator:
    assert isinstance(model.bundle.estimator, LightGBMEstimator)
    return model.bundle.estimator


def test_fast_values_are_those_of_the_trees_within_the_tolerance(
    model: Model, values: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, base = trees(model).shap_values(values)
    monkeypatch.setattr(fast_shap, "MIN_CLIENTS", SOME)
    found, fast_base = trees(model).shap_values(values)
    assert not np.array_equal(found, wanted)
    assert np.abs(found - wanted).max() < TOLERANCE
    assert fast_base.tobytes() == base.tobytes()


def test_few_clients_are_left_to_the_trees(model: Model, values: Floats) -> None:
    assert len(values) < MIN_CLIENTS
    assert fast_shap_values(trees(model).booster, values) is None


def test_client_whose_sum_is_off_is_explained_by_the_trees(
    model: Model, values: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, _ = trees(model).shap_values(values)
    wrong = wanted.copy()
    wrong[3, 5] += 0.1
    monkeypatch.setattr(estimator, "fast_shap_values", lambda booster, sent, on_checkpoint: wrong)
    found, _ = trees(model).shap_values(values)
    assert found[3].tobytes() == wanted[3].tobytes()
