"""One training on any source: the application table, a folder of tables, a file of features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.progress_log import ProgressLog
from core.scoring.assess import assess, open_model
from core.synthetic.demo import make_demo
from core.training.applications import TrainingRefused, check_applications
from core.training.columns import encode
from core.training.feature_checks import check_features
from core.training.pipeline import Trained, train
from core.training.sources import as_table, missing_tables, read_features, read_labelled
from tests.core.training.tables import drawn_features, drawn_table

HISTORY = ["BURO_DAYS_CREDIT_MEAN", "BURO_AMT_CREDIT_SUM_DEBT_MEAN", "BURO_CREDIT_ACTIVE_Active_MEAN"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("features") / "features.parquet"
    drawn_features(drawn_table()).to_parquet(file)
    return file


@pytest.fixture(scope="module")
def trained(file: Path) -> Trained:
    return train(file, file.with_name("model"), ProgressLog())


def test_features_are_read_back_into_the_table_that_they_were_made_of(file: Path) -> None:
    raw = drawn_table()
    known = raw["NAME_CONTRACT_TYPE"].isin(["Cash loans", "Revolving loans"])
    table = as_table(pd.read_parquet(file))
    assert table["CODE_GENDER"].tolist() == raw["CODE_GENDER"].tolist()
    assert table["FLAG_OWN_CAR"].tolist() == raw["FLAG_OWN_CAR"].tolist()
    assert table["NAME_CONTRACT_TYPE"][known].tolist() == raw["NAME_CONTRACT_TYPE"][known].tolist()
    assert table["NAME_CONTRACT_TYPE"][~known].isna().all()
    assert table["OCCUPATION_TYPE"].isna().tolist() == raw["OCCUPATION_TYPE"].isna().tolist()
    assert "PAYMENT_RATE" not in table
    assert "CC_COUNT" not in table


def test_what_training_learns_from_is_the_same_by_either_way(file: Path) -> None:
    raw = encode(check_applications(drawn_table(), "raw"))
    features = encode(read_features(file))
    names = {column.name: place for place, column in enumerate(features.columns)}
    shared = [place for place, column in enumerate(raw.columns) if column.name in names]
    assert len(shared) == len(raw.columns)
    found = features.values[:, [names[column.name] for column in raw.columns]]
    np.testing.assert_array_equal(found, raw.values)
    assert {column.name for column in features.columns} - {column.name for column in raw.columns} == set(HISTORY)


def test_a_model_of_histories_says_so_and_which_tables_were_missing(trained: Trained) -> None:
    assert trained.card.name == "LightGBM on the application and histories"
    assert trained.card.missing_tables == (
        "bureau_balance",
        "previous_application",
        "POS_CASH_balance",
        "installments_payments",
        "credit_card_balance",
    )
    assert {column.name for column in trained.contents.columns} >= set(HISTORY)


def test_a_client_without_a_history_is_scored_with_the_rest(trained: Trained, file: Path) -> None:
    model = open_model(file.with_name("model"))
    row = {"SK_ID_CURR": 1, "AMT_CREDIT": 450000, "AMT_INCOME_TOTAL": 90000, "DAYS_BIRTH": -12000, "EXT_SOURCE_2": 0.4}
    known = assess(model, [{**row, HISTORY[0]: -900, HISTORY[1]: 80000}, {**row, "SK_ID_CURR": 2}], review_band=0.0)
    assert ((known.probability > 0) & (known.probability < 1)).all()


def test_synthetic_clients_have_histories_missing_together_as_the_population_s_are(
    trained: Trained, file: Path, tmp_path: Path
) -> None:
    made = make_demo(file.with_name("model"), tmp_path / "demo.csv", clients=400, seed=1, progress=ProgressLog())
    clients = pd.read_csv(tmp_path / "demo.csv")
    absent = clients[HISTORY].isna()
    # A quarter of the population has none; clients are chosen by their score, and this small model weighs histories.
    assert 0.15 < absent[HISTORY[0]].mean() < 0.35
    assert absent.all(axis=1).tolist() == absent.any(axis=1).tolist()
    assert made.scores.distance < 0.15


def test_the_card_says_how_many_clients_have_histories_and_compares_with_a_twin_that_has_none(trained: Trained) -> None:
    card = trained.card
    assert card.histories == {"BURO": card.histories["BURO"]}
    assert 0.7 < card.histories["BURO"] / card.trained_rows < 0.8
    assert {each.other for each in card.comparisons} == {"application_only", "logistic"}
    twin, baseline = (
        next(each for each in card.comparisons if (each.other, each.clients) == (other, "all"))
        for other in ("application_only", "logistic")
    )
    assert twin.columns == baseline.columns - len(HISTORY) == len(trained.contents.columns) - len(HISTORY)
    assert twin.n == baseline.n == card.locked_rows
    assert twin.shipped["roc_auc"].value == pytest.approx(card.figures["roc_auc"].value)
    assert twin.shipped["loss_share"].value == pytest.approx(card.figures["loss_share"].value)
    assert twin.difference["roc_auc"].low <= twin.difference["roc_auc"].value <= twin.difference["roc_auc"].high


def test_synthetic_clients_of_whom_more_or_less_is_known(trained: Trained, file: Path, tmp_path: Path) -> None:
    known = {"application": 1, "bureau": 2, "everything": 1}
    out = tmp_path / "demo.csv"
    made = make_demo(file.with_name("model"), out, clients=200, seed=1, progress=ProgressLog(), known=known)
    assert made.known == {"application": 50, "bureau": 100, "everything": 50}
    assert pd.read_csv(out)[HISTORY].notna().all(axis=1).sum() == 150
    assert pd.read_csv(out)[HISTORY].isna().all(axis=1).sum() == 50


def changed(column: str, change: Callable[[pd.Series], Any]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**{column: change(table[column])})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (changed("AMT_CREDIT", lambda column: column.astype(str)), "AMT_CREDIT holds text where numbers belong"),
        (changed("CODE_GENDER", lambda column: "F"), "CODE_GENDER holds text where numbers belong"),
        (changed("AMT_ANNUITY", lambda column: np.nan), "AMT_ANNUITY holds nothing but missing values"),
        (changed(HISTORY[0], lambda column: np.nan), f"{HISTORY[0]} holds nothing but missing values"),
        (changed("SK_ID_CURR", lambda column: 7), "SK_ID_CURR must be unique, and 1999 rows repeat one"),
        (changed("TARGET", lambda column: 2 * column), "TARGET must be 0 or 1 in every row"),
        (
            changed("TARGET", lambda column: column.where(column.index > 0)),
            "TARGET must be a whole number in every row",
        ),
        (
            changed("DAYS_BIRTH", lambda column: -column),
            "DAYS_BIRTH is on another scale: days since birth are below -3650, and 100 % of the values are not",
        ),
        (
            changed("DAYS_BIRTH", lambda column: column / 365.25),
            "DAYS_BIRTH is on another scale: days since birth are below -3650, and 100 % of the values are not",
        ),
        (
            changed(HISTORY[0], lambda column: -column),
            f"{HISTORY[0]} is on another scale: days in the past are below 0, and 100 % of the values are not",
        ),
        (
            changed("EXT_SOURCE_2", lambda column: 100 * column),
            "EXT_SOURCE_2 is on another scale: a score is between 0 and 1, and 100 % of the values are not",
        ),
        (
            changed("NAME_CONTRACT_TYPE_Cash loans", lambda column: 100 * column),
            "NAME_CONTRACT_TYPE_Cash loans is on another scale: codes are 0 or 1, and 90 % of the values are not",
        ),
    ],
)
def test_a_file_that_no_model_should_learn_from_is_refused_by_column_and_nothing_is_written(
    change: Callable[[pd.DataFrame], pd.DataFrame], sentence: str, file: Path, tmp_path: Path
) -> None:
    change(pd.read_parquet(file)).to_parquet(tmp_path / "clients.parquet")
    with pytest.raises(TrainingRefused) as refused:
        train(tmp_path / "clients.parquet", tmp_path / "model", ProgressLog())
    assert str(refused.value) == f"clients.parquet cannot be trained on: {sentence}."
    assert [path.name for path in tmp_path.iterdir()] == ["clients.parquet"]


def test_a_few_values_beyond_the_bounds_are_the_data_s_own(file: Path) -> None:
    table = pd.read_parquet(file)
    table.loc[:10, "EXT_SOURCE_2"] = 62.0
    check_features(table, "clients.parquet")


def test_features_without_a_target_teach_nothing(file: Path, tmp_path: Path) -> None:
    pd.read_parquet(file).drop(columns="TARGET").to_parquet(tmp_path / "test.parquet")
    with pytest.raises(TrainingRefused, match=r"test\.parquet cannot be trained on: it has no column TARGET"):
        read_labelled(tmp_path / "test.parquet", ProgressLog())


def test_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "features.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(TrainingRefused, match=r"features\.parquet cannot be trained on: it cannot be read as a table"):
        read_labelled(tmp_path / "features.parquet", ProgressLog())


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        (["BURO_DAYS_CREDIT_MEAN"], {"bureau"}),
        (["BURO_MONTHS_BALANCE_MIN_MIN", "BURO_STATUS_0_MEAN_MEAN"], {"bureau", "bureau_balance"}),
        (["CLOSED_AMT_CREDIT_SUM_MAX", "CC_COUNT"], {"bureau", "credit_card_balance"}),
        (["AMT_CREDIT"], set()),
    ],
)
def test_a_table_is_missing_when_it_gave_no_column(columns: list[str], missing: set[str]) -> None:
    every = set(missing_tables([]))
    assert len(every) == 6
    assert every - set(missing_tables(columns)) == missing
