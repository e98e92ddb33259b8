"""What is fitted, what was seen by whom, and the text that ships."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import lightgbm as lgb
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.model.bundle import SMALLEST_GROUP
from core.records import Checkpoint, Flags, Floats, no_checkpoint
from core.training import lightgbm_model
from core.training.cross_validation import cross_validate
from core.training.lightgbm_model import LightGBMFactory, LightGBMModel, portable_text

NAMES = ["AMT_CREDIT", "EXT_SOURCE_2", "FLAG_EMAIL"]
FACTORY = LightGBMFactory(directions={"EXT_SOURCE_2": -1})


@pytest.fixture(scope="module")
def data() -> tuple[Floats, Flags]:
    chance = np.random.default_rng(5)
    values = np.column_stack([chance.uniform(1, 9, 1500), chance.uniform(0, 1, 1500), chance.integers(0, 2, 1500)])
    values[::7, 1] = np.nan
    bad = chance.random(1500) < np.where(np.isnan(values[:, 1]), 0.3, 0.7 - 0.6 * values[:, 1])
    return values, bad


@pytest.fixture(scope="module")
def booster(data: tuple[Floats, Flags]) -> lgb.Booster:
    return FACTORY.learn(*data, NAMES, 30).booster


def test_the_same_data_gives_the_same_model(data: tuple[Floats, Flags], booster: lgb.Booster) -> None:
    assert portable_text(FACTORY.learn(*data, NAMES, 30).booster) == portable_text(booster)


def test_the_number_of_threads_changes_nothing(
    data: tuple[Floats, Flags], booster: lgb.Booster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lightgbm_model, "ROWS_WORTH_A_THREAD", 0)
    assert portable_text(FACTORY.learn(*data, NAMES, 30).booster) == portable_text(booster)


@pytest.mark.parametrize("ask", [LightGBMModel.probability, LightGBMModel.weights])
def test_a_prediction_leaves_alone_the_number_of_threads_that_other_folds_are_fitted_on(
    data: tuple[Floats, Flags], ask: Callable[[LightGBMModel, Floats], Floats]
) -> None:
    learned = FACTORY.learn(*data, NAMES, 2)
    in_the_whole_process = ctypes.c_int.in_dll(lgb.basic._LIB, "LGBM_DEFAULT_NUM_THREADS")  # type: ignore[attr-defined]
    assert in_the_whole_process.value == 1
    ask(learned, data[0])
    assert in_the_whole_process.value == 1


def test_an_external_score_never_raises_the_risk_as_it_rises(booster: lgb.Booster) -> None:
    rising = np.column_stack([np.full(200, 5.0), np.linspace(0, 1, 200), np.zeros(200)])
    assert (np.diff(np.asarray(booster.predict(rising))) <= 0).all()


def test_the_text_that_ships_scores_and_explains_to_the_last_bit(
    data: tuple[Floats, Flags], booster: lgb.Booster
) -> None:
    shipped = lgb.Booster(model_str=portable_text(booster))
    for contributions in (False, True):
        np.testing.assert_array_equal(
            np.asarray(shipped.predict(data[0], pred_contrib=contributions)),
            np.asarray(booster.predict(data[0], pred_contrib=contributions)),
        )


def test_the_text_that_ships_holds_no_extremes_and_no_settings_of_the_machine(booster: lgb.Booster) -> None:
    text = portable_text(booster)
    assert "\nfeature_infos=none none none\n" in text
    assert "num_threads" not in text
    assert "feature_names=c0 c1 c2" in text


def test_no_leaf_is_a_small_group(booster: lgb.Booster) -> None:
    lines = [line for line in portable_text(booster).splitlines() if line.startswith("leaf_count=")]
    counts = [int(count) for line in lines for count in line.removeprefix("leaf_count=").split()]
    assert len(lines) > 20
    assert min(counts) >= SMALLEST_GROUP


def test_importance_sums_to_one(data: tuple[Floats, Flags], booster: lgb.Booster) -> None:
    weights = LightGBMModel(booster).weights(data[0])
    assert weights.sum() == pytest.approx(1.0)
    assert weights.argmax() == 1


def test_out_of_fold_predictions_have_not_seen_the_outcome(data: tuple[Floats, Flags]) -> None:
    values = np.random.default_rng(6).uniform(0, 1, (1500, 3))
    by_chance = data[1]
    learned_by_heart = np.asarray(FACTORY.learn(values, by_chance, NAMES, 200).probability(values))
    assert roc_auc_score(by_chance, learned_by_heart) > 0.57
    honest = cross_validate(FACTORY, values, by_chance, NAMES, trees=(200,) * 5).probability
    assert 0.44 < roc_auc_score(by_chance, honest) < 0.56


def test_folds_choose_their_number_of_trees(data: tuple[Floats, Flags]) -> None:
    folds = cross_validate(FACTORY, *data, NAMES)
    assert len(folds.trees) == 5
    assert folds.median_trees == sorted(folds.trees)[2]
    assert ((folds.probability > 0) & (folds.probability < 1)).all()


def test_a_stop_gives_up_the_other_folds_at_their_next_tree(data: tuple[Floats, Flags]) -> None:
    finished: list[int] = []

    class Watched(LightGBMFactory):
        def learn(
            self,
            values: Floats,
            defaults: Flags,
            names: Sequence[str],
            size: int,
            on_checkpoint: Checkpoint = no_checkpoint,
        ) -> LightGBMModel:
            learned = super().learn(values, defaults, names, size, on_checkpoint)
            finished.append(size)
            return learned

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cross_validate(Watched(), *data, NAMES, trees=(1, *[20_000] * 4), on_checkpoint=stop)
    assert finished == [1]
