"""What the files of a bundle hold, as typed records; `core.model.bundle` reads and writes them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Kind = Literal["number", "flag", "binary", "one_hot", "ratio"]
ModelKind = Literal["lightgbm", "joblib"]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the model.

    source: the column that people know (itself, or for a one-hot the column it was made from).
    complete: the source had no missing value in training, so a missing value takes `fill`.
    weight: share of the model's information, by mean absolute SHAP value; all columns sum to 1.
    """

    name: str
    source: str
    kind: Kind
    category: str | None = None
    complete: bool = False
    essential: bool = False
    fill: float = 0.0
    weight: float = 0.0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Threshold on P(default), and the calibration: log-odds = intercept + slope · raw score."""

    threshold: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    intercept: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0
    slope: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.0


class NumberShares(msgspec.Struct, frozen=True):
    """Quantiles of a number at Population.grid, in the data set's own unit, and the share missing."""

    missing: float
    quantiles: tuple[float, ...]


class CategoryShares(msgspec.Struct, frozen=True):
    """Share of each value among those present, values of fewer than 50 people left out, and share missing."""

    missing: float
    shares: dict[str, float]


class ScoreBin(msgspec.Struct, frozen=True):
    """Clients between two out-of-fold P(default): how many, how many defaulted, sum of their AMT_CREDIT."""

    low: float
    high: float
    n: int
    defaults: int
    credit: float


class EffectBand(msgspec.Struct, frozen=True, kw_only=True):
    """What one column does to clients whose values of it lie together.

    low, high: the values, in the data set's own unit, between which a number lies; category: the value of any other
    column; none of them for clients of whom the value is missing. share: of all clients. quantiles: of the column's
    SHAP values among these clients, in log-odds of default, at Population.band_grid.
    """

    low: float | None = None
    high: float | None = None
    category: str | None = None
    share: float
    quantiles: tuple[float, ...]


class Effects(msgspec.Struct, frozen=True):
    """What one column that people know does to all clients: quantiles at Population.effect_grid, and by its values."""

    quantiles: tuple[float, ...]
    bands: tuple[EffectBand, ...]


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """The training data in aggregate; empty, with n = 0, where nobody knows it.

    numbers, categories: by column, then by group: "all", "favourable", "unfavourable" (by the verdict of models that
    had not seen the client); a group of fewer than 50 is absent. Counts and flags are in both. Two columns that are
    left out of the model are here, and the quotient AMT_GOODS_PRICE/AMT_CREDIT.
    score_bins: equal-count bins of the out-of-fold P(default), for "all" and for each group of 50 or more a bin.
    effects: by column that people know, of the model that ships; empty where it cannot be explained.
    """

    n: int = 0
    grid: tuple[float, ...] = ()
    numbers: dict[str, dict[str, NumberShares]] = {}
    categories: dict[str, dict[str, CategoryShares]] = {}
    score_bins: dict[str, tuple[ScoreBin, ...]] = {}
    effect_grid: tuple[float, ...] = ()
    band_grid: tuple[float, ...] = ()
    effects: dict[str, Effects] = {}


class Correlations(msgspec.Struct, frozen=True, kw_only=True):
    """How the training data's columns rise and fall together: what only drawing synthetic clients needs.

    order: categories in the order in which the correlations rank them.
    correlated: columns, and "missing:<column>" for whether that column is missing.
    correlations: Spearman's, between `correlated` columns in order (categories by their rank in `order`): of each
    column with those before it and itself. Bundles of format 1 have the whole, symmetric lines.
    """

    order: dict[str, tuple[str, ...]] = {}
    correlated: tuple[str, ...] = ()
    correlations: tuple[tuple[float, ...], ...] = ()


class Figure(msgspec.Struct, frozen=True):
    """A measured figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The shipped model beside another one of the same data, on the same locked clients.

    other: "application_only", the same recipe without the columns of histories, or "logistic", the baseline on all
    columns. Each has its own number of trees and its own threshold from its out-of-fold predictions. clients: "all",
    or those with or without any value of a history. n, defaults: how many they are, and how many of them defaulted.
    shipped, figures: ROC AUC and loss of the shipped model and of the other. difference: shipped minus other, with
    the interval of the difference: percentiles over bootstrap samples, each scored by both.
    """

    other: Literal["application_only", "logistic"]
    clients: Literal["all", "without_histories", "with_histories"]
    columns: int
    trees: int
    threshold: float
    n: int
    defaults: int
    shipped: dict[str, Figure]
    figures: dict[str, Figure]
    difference: dict[str, Figure]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the model is: data, sizes, figures on locked rows, what was left out and what that is worth.

    A converted model's card knows a name and versions only; its trained_rows are 0. threshold: the policy's with its
    95 % interval. parameters: of the fit. constraints: +1 where the risk may only rise with a column, -1 where it may
    only fall; constraints_cost: what they cost in out-of-fold ROC AUC; constraints_dropped: groups of directions that
    would have cost too much. trials: of the search for the parameters. comparisons: with the twin and the baseline.
    histories: how many clients have a value of each family of histories. notes: by language, sentences on the data,
    from whoever trained.
    """

    name: str
    data: str = ""
    data_fingerprint: str = ""
    trained_rows: int = 0
    locked_rows: int = 0
    default_rate: float = 0.0
    trees: int = 0
    figures: dict[str, Figure] = {}
    out_of_fold: dict[str, float] = {}
    left_out: tuple[str, ...] = ()
    worth: dict[str, float] = {}
    versions: dict[str, str] = {}
    missing_tables: tuple[str, ...] = ()
    threshold: Figure | None = None
    parameters: dict[str, str | float | int] = {}
    constraints: dict[str, int] = {}
    constraints_cost: float = 0.0
    constraints_dropped: tuple[str, ...] = ()
    trials: int = 0
    comparisons: tuple[Comparison, ...] = ()
    histories: dict[str, int] = {}
    notes: dict[str, tuple[str, ...]] = {}


class Golden(msgspec.Struct, frozen=True):
    """One synthetic client, as it would be sent, and the P(default) it must get."""

    row: dict[str, str | float | int | None]
    probability: float


class Provenance(msgspec.Struct, frozen=True):
    """When and from which commit a bundle was written; the only part that equal data may change."""

    date: str
    commit: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Format and kind of the bundle, and the SHA-256 of each file, which are checked before it is read."""

    format: int
    kind: ModelKind
    sha256: dict[str, str]
    provenance: Provenance


class BundleSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What `write_bundle` writes. model: LightGBM's text, or the bytes that joblib wrote of an estimator."""

    model: str | bytes
    columns: tuple[Column, ...]
    policy: Policy
    population: Population
    card: Card
    golden: tuple[Golden, ...]
    provenance: Provenance
    synthetic: Correlations = Correlations()

    @property
    def kind(self) -> ModelKind:
        """The kind of bundle that these contents make."""
        return "lightgbm" if isinstance(self.model, str) else "joblib"
