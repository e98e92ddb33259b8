"""Synthetic clients: of the population's shape, possible as people, and nobody's row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.model.bundle import load_correlations
from core.scoring.assess import Model, assess
from core.synthetic.copula import corrected, draw_levels, latent_correlations, nearest_correlations
from core.synthetic.correlations import rank_correlations
from core.synthetic.generator import Generator, make_generator, rows_of
from tests.core.training.tables import drawn_table
from tests.core.training_run import Run

N = 3000


@pytest.fixture(scope="module")
def generator(run: Run, small_model: Model) -> Generator:
    return make_generator(small_model.bundle.population, load_correlations(run.folder))


@pytest.fixture(scope="module")
def clients(generator: Generator) -> pd.DataFrame:
    return generator.draw(N, seed=5)


def test_ids_are_above_every_real_one_and_there_is_no_outcome(clients: pd.DataFrame) -> None:
    assert clients.columns[0] == "SK_ID_CURR"
    assert clients["SK_ID_CURR"].tolist() == list(range(900_001, 900_001 + N))
    assert "TARGET" not in clients


def test_the_model_reads_and_scores_every_one(clients: pd.DataFrame, small_model: Model) -> None:
    found = assess(small_model, rows_of(clients), review_band=0.02)
    assert len(found) == N
    assert not found.aligned.refused
    assert not found.aligned.impossible
    assert np.unique(found.probability).size > N / 2


def test_the_same_seed_gives_the_same_clients(generator: Generator, clients: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(generator.draw(N, seed=5), clients)
    assert not generator.draw(N, seed=6).equals(clients)


def test_nobody_without_employment_has_an_occupation_an_organisation_or_a_phone_at_work(
    clients: pd.DataFrame,
) -> None:
    idle = clients["DAYS_EMPLOYED"] == 365243
    assert 0 < idle.mean() < 1
    assert (idle == (clients["NAME_INCOME_TYPE"] == "Pensioner")).all()
    assert (idle == (clients["ORGANIZATION_TYPE"] == "XNA")).all()
    assert (idle == (clients["FLAG_EMP_PHONE"] == 0)).all()
    assert clients.loc[idle, "OCCUPATION_TYPE"].isna().all()


def test_nobody_worked_before_eighteen(clients: pd.DataFrame) -> None:
    employed = clients[clients["DAYS_EMPLOYED"] != 365243]
    assert ((employed["DAYS_EMPLOYED"] - employed["DAYS_BIRTH"]) >= 18 * 365).all()
    assert (employed["DAYS_EMPLOYED"] <= 0).all()


def test_a_family_is_the_children_and_one_or_two_parents(clients: pd.DataFrame) -> None:
    parents = clients["CNT_FAM_MEMBERS"] - clients["CNT_CHILDREN"]
    assert (parents == np.where(clients["NAME_FAMILY_STATUS"] == "Married", 2, 1)).all()


def test_a_car_has_an_age_and_only_a_car(clients: pd.DataFrame) -> None:
    assert (clients["OWN_CAR_AGE"].notna() == (clients["FLAG_OWN_CAR"] == "Y")).all()


def test_a_building_is_known_or_not_and_its_measures_agree(clients: pd.DataFrame) -> None:
    measures = clients[["APARTMENTS_AVG", "APARTMENTS_MODE", "APARTMENTS_MEDI"]]
    assert measures.isna().sum(axis=1).isin([0, 3]).all()
    spread = (measures.max(axis=1) - measures.min(axis=1)) / measures.max(axis=1)
    assert spread.dropna().max() < 0.05


def test_nobody_knows_more_defaulters_than_people(clients: pd.DataFrame) -> None:
    known = clients[["DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"]].dropna()
    assert (known["DEF_30_CNT_SOCIAL_CIRCLE"] <= known["OBS_30_CNT_SOCIAL_CIRCLE"]).all()


def test_amounts_hang_together_and_are_rounded(clients: pd.DataFrame) -> None:
    amounts = clients[["AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"]].astype(float)
    assert (amounts > 0).all(axis=None)
    assert (amounts % 4.5 < 1e-6).all(axis=None)
    assert (amounts["AMT_GOODS_PRICE"] <= 1.01 * amounts["AMT_CREDIT"]).all()
    revolving = clients["NAME_CONTRACT_TYPE"] == "Revolving loans"
    rate = amounts["AMT_ANNUITY"] / amounts["AMT_CREDIT"]
    assert rate[revolving].between(0.0499, 0.0501).all()
    assert rate[~revolving].between(0.029, 0.101).all()


@pytest.mark.parametrize("name", ["DAYS_BIRTH", "EXT_SOURCE_2", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"])
def test_marginals_are_the_populations(name: str, clients: pd.DataFrame) -> None:
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    real, drawn = drawn_table()[name], clients[name].astype(float)
    reached = [(drawn <= real.quantile(level)).mean() for level in levels]
    assert reached == pytest.approx(levels, abs=0.02)


def test_missing_shares_are_the_populations(clients: pd.DataFrame) -> None:
    for name in ("EXT_SOURCE_1", "EXT_SOURCE_3", "AMT_REQ_CREDIT_BUREAU_YEAR", "EMERGENCYSTATE_MODE"):
        assert clients[name].isna().mean() == pytest.approx(drawn_table()[name].isna().mean(), abs=0.01)


def test_idle_clients_are_old_as_in_the_population(clients: pd.DataFrame) -> None:
    def age_of_idle(table: pd.DataFrame) -> float:
        return float(table["DAYS_BIRTH"][table["DAYS_EMPLOYED"] == 365243].median() / -365.25)

    assert age_of_idle(clients) == pytest.approx(age_of_idle(drawn_table()), abs=3)


def test_levels_have_the_rank_correlations_asked_for() -> None:
    wanted = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.0], [-0.3, 0.0, 1.0]])
    levels = draw_levels(latent_correlations(wanted), 20_000, np.random.default_rng(1))
    np.testing.assert_allclose(rank_correlations(levels), wanted, atol=0.02)
    assert levels.mean(axis=0) == pytest.approx([0.5] * 3)


def test_correlations_that_nobody_can_have_become_the_nearest_possible() -> None:
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    found = nearest_correlations(impossible)
    assert np.linalg.eigvalsh(found).min() > 0
    np.testing.assert_allclose(np.diag(found), 1.0)
    possible = np.array([[1.0, 0.5], [0.5, 1.0]])
    np.testing.assert_allclose(nearest_correlations(possible), possible, atol=1e-9)


def test_a_correction_strengthens_what_came_out_too_weak() -> None:
    latent = np.array([[1.0, 0.5], [0.5, 1.0]])
    wanted = np.array([[1.0, 0.48], [0.48, 1.0]])
    found = np.array([[1.0, 0.24], [0.24, 1.0]])
    assert corrected(latent, wanted, found)[0, 1] > 0.7
