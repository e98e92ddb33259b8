"""A small whole bundle: four columns, a few trees trained on synthetic rows, and aggregates a reader can check."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from core.model.bundle import Bundle, bundle_of
from core.model.estimator import LightGBMEstimator
from core.model.schema import (
    BundleSpec,
    Card,
    CategoryShares,
    Column,
    Golden,
    NumberShares,
    Policy,
    Population,
    Provenance,
    ScoreBin,
)
from tests.core.samples import number, one_hot

SMALL_COLUMNS: tuple[Column, ...] = (
    number("AMT_CREDIT", essential=True),
    number("EXT_SOURCE_1", complete=False),
    one_hot("NAME_CONTRACT_TYPE", "Cash loans", fill=1.0),
    one_hot("NAME_CONTRACT_TYPE", "Revolving loans"),
)


def train_text(seed: int) -> str:
    """LightGBM's text of a few small trees on synthetic rows."""
    chance = np.random.default_rng(seed)
    values = np.column_stack(
        [chance.uniform(1, 9, 400), chance.uniform(0, 1, 400), *np.eye(2)[chance.integers(0, 2, 400)].T]
    )
    risky = values[:, 0] / 9 - values[:, 1] + values[:, 3] / 2 + chance.normal(0, 0.2, 400) > 0.3
    values[chance.random(400) < 0.2, 1] = np.nan
    parameters = {"objective": "binary", "num_leaves": 5, "verbose": -1, "num_threads": 1, "seed": seed}
    return lgb.train(parameters, lgb.Dataset(values, risky.astype(float)), 8).model_to_string()


def small_contents() -> BundleSpec:
    """A whole small bundle, not yet written, with two golden rows that hold."""
    text = train_text(1)
    rows: list[dict[str, str | float | int | None]] = [
        {"SK_ID_CURR": 1, "AMT_CREDIT": 5.0, "EXT_SOURCE_1": 0.5, "NAME_CONTRACT_TYPE": "Cash loans"},
        {"SK_ID_CURR": 2, "AMT_CREDIT": 8.0, "EXT_SOURCE_1": None, "NAME_CONTRACT_TYPE": "Revolving loans"},
    ]
    values = np.array([[5.0, 0.5, 1.0, 0.0], [8.0, np.nan, 0.0, 1.0]])
    risks = np.asarray(lgb.Booster(model_str=text).predict(values)).tolist()
    return BundleSpec(
        model=text,
        columns=SMALL_COLUMNS,
        policy=Policy(threshold=0.4),
        population=small_population(),
        card=Card(
            name="small",
            data="synthetic",
            data_fingerprint="0" * 64,
            trained_rows=400,
            locked_rows=80,
            default_rate=0.4,
            trees=8,
            figures={},
            out_of_fold={},
            left_out=(),
            worth={},
            versions={},
        ),
        golden=tuple(Golden(row, risk) for row, risk in zip(rows, risks, strict=True)),
        provenance=Provenance(date="2020-01-01", commit="0000000"),
    )


def small_population() -> Population:
    """Numbers a reader can check: amounts from 0 to 100, two contract types, four score bins of 100 clients."""
    return Population(
        n=400,
        grid=(0.01, 0.25, 0.5, 0.75, 0.99),
        numbers={
            "AMT_CREDIT": {"all": NumberShares(0.0, (1.0, 20.0, 50.0, 70.0, 100.0))},
            "CNT_CHILDREN": {"all": NumberShares(0.0, (0.0, 0.0, 0.0, 1.0, 3.0))},
        },
        categories={"NAME_CONTRACT_TYPE": {"all": CategoryShares(0.0, {"Cash loans": 0.9, "Revolving loans": 0.1})}},
        score_bins={
            "all": tuple(
                ScoreBin(low, high, 100, defaults, 1000.0)
                for low, high, defaults in ((0.0, 0.1, 5), (0.1, 0.2, 15), (0.2, 0.4, 30), (0.4, 0.8, 60))
            )
        },
    )


def booster_of(bundle: Bundle) -> lgb.Booster:
    """The trees of a bundle that holds trees."""
    assert isinstance(bundle.estimator, LightGBMEstimator)
    return bundle.estimator.booster


def loaded(contents: BundleSpec) -> Bundle:
    """The contents as a bundle, without the detour by a folder."""
    return bundle_of(contents)
