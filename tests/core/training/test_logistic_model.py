"""The baseline: trained as the other, kept by joblib, served and explained once it is trusted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cli import describe_trained
from core.errors import BundleError
from core.progress_log import ProgressLog
from core.scoring.assess import assess, explain_clients, open_model
from core.synthetic.generator import rows_of
from core.training.logistic_model import LogisticFactory
from core.training.pipeline import Trained, train
from tests.core.training.tables import drawn_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baseline")


@pytest.fixture(scope="module")
def trained(folder: Path) -> Trained:
    drawn_table().to_csv(folder / "application_train.csv", index=False)
    return train(folder / "application_train.csv", folder / "model", ProgressLog(), kind="logistic")


def test_it_is_measured_as_the_other_is(trained: Trained) -> None:
    card = trained.card
    assert card.name == "Logistic regression on the application"
    assert card.trees == 0
    assert card.constraints == {}
    assert card.figures["roc_auc"].value > 0.6
    assert set(card.worth) == {"age_auc", "sex_family_auc"}


def test_it_is_not_unpickled_before_its_digest_is_trusted(trained: Trained, folder: Path) -> None:
    with pytest.raises(BundleError, match=f"add its SHA-256 {trained.model_digest} to the setting TRUSTED_MODELS"):
        open_model(folder / "model")
    assert f"TRUSTED_MODELS={trained.model_digest}" in describe_trained(trained, folder)


def test_trusted_it_scores_and_says_why(trained: Trained, folder: Path) -> None:
    model = open_model(folder / "model", {trained.model_digest})
    rows = rows_of(drawn_table().drop(columns="TARGET").head(40))
    found = assess(model, rows, review_band=0.0)
    assert found.probability.std() > 0.01
    for index, why in enumerate(explain_clients(model, found)):
        log_odds = np.log(found.probability[index] / (1 - found.probability[index]))
        told = why.base_log_odds + sum(each.log_odds for each in why.contributions)
        assert told == pytest.approx(log_odds, abs=1e-6)


def test_a_regression_by_hand() -> None:
    values = np.array([[0.0, np.nan], [0.0, 1.0], [2.0, 1.0], [2.0, 3.0]] * 50)
    bad = np.array([False, False, True, True] * 50)
    learned = LogisticFactory(parameters={"C": 1e6}).learn(values, bad, ["a", "b"], 0)
    risk = learned.probability(np.array([[0.0, 1.0], [2.0, 1.0], [1.0, np.nan]]))
    assert risk[0] < 0.01
    assert risk[1] > 0.99
    assert learned.probability(np.array([[1.0, np.nan]])) == learned.probability(np.array([[1.0, 1.0]]))
    assert learned.weights(values).sum() == pytest.approx(1.0)
    assert learned.weights(values).argmax() == 0
