"""The contents of a bundle's files as typed records; `core.model.bundle` reads and writes them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from core.model.outcomes import Monitoring

Kind = Literal["number", "flag", "binary", "one_hot", "ratio"]
ModelKind = Literal["lightgbm", "joblib"]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the model.

    source: the raw column that it comes from (for a one-hot, the encoded column; else its own name).
    complete: the source had no missing value in training, so a missing value is replaced by `fill`.
    weight: share of the model's total importance, by mean absolute SHAP value; all columns sum to 1.
    """

    name: str
    source: str
    kind: Kind
    category: str | None = None
    complete: bool = False
    essential: bool = False
    fill: float = 0.0
    weight: float = 0.0


class ThresholdChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the threshold after training, on P(default).

    who, because: as entered. when: UTC, ISO 8601. bundle: digest of the bundle that it was made from.
    """

    before: float
    after: float
    who: str
    because: str
    when: str
    bundle: str


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold on P(default), and the calibration: log-odds = intercept + slope · raw score.

    changes: of the threshold since training, the oldest first; not written where there are none.
    """

    threshold: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    intercept: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0
    slope: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.0
    changes: tuple[ThresholdChange, ...] | msgspec.UnsetType = msgspec.UNSET


class NumberShares(msgspec.Struct, frozen=True):
    """Quantiles of a number at Population.grid, in the data set's own unit, and the share missing."""

    missing: float
    quantiles: tuple[float, ...]


class CategoryShares(msgspec.Struct, frozen=True):
    """The share of each value among those present, without values of fewer than 50 people; and the share missing."""

    missing: float
    shares: dict[str, float]


class ScoreBin(msgspec.Struct, frozen=True):
    """Clients between two out-of-fold P(default): their number, the number that defaulted, the sum of AMT_CREDIT."""

    low: float
    high: float
    n: int
    defaults: int
    credit: float


class EffectBand(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of one column on the clients whose values lie in one band.

    low, high: the bounds of a number, in the data set's own unit; category: the value of any other column; all three
    are None for the clients whose value is missing. share: of all clients. quantiles: of the column's SHAP values
    among these clients, in log-odds of default, at Population.band_grid.
    """

    low: float | None = None
    high: float | None = None
    category: str | None = None
    share: float
    quantiles: tuple[float, ...]


class Effects(msgspec.Struct, frozen=True):
    """The effect of one source column: SHAP quantiles of all clients at Population.effect_grid, and by band."""

    quantiles: tuple[float, ...]
    bands: tuple[EffectBand, ...]


ALL: Final = "all"
"""The name of the group of a population that holds every client."""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of the training data; empty, with n = 0, if they are not known.

    numbers, categories: by column, then by group: "all", "favourable", "unfavourable" (by the out-of-fold verdict);
    a group of fewer than 50 is absent. Counts and flags are in both. They include the two columns that are left out
    of the model, and the quotient AMT_GOODS_PRICE/AMT_CREDIT.
    score_bins: equal-count bins of the out-of-fold P(default), for "all" and for each group, at least 50 clients a bin.
    effects: of the shipped model, by source column; empty if the model cannot be explained.
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
    """Rank correlations of the training data, used only to generate synthetic clients.

    order: the categories of each text column, in the order that gives them their ranks.
    correlated: columns, and "missing:<column>" for the indicator that a column is missing.
    correlations: Spearman's, one line per `correlated` column: its correlations with the columns before it and with
    itself. Bundles of format 1 have the full symmetric lines.
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
    """The shipped model compared with another model of the same data, on the same locked clients.

    other: "application_only", the same model factory without history columns, or "logistic", the baseline on all
    columns. Each has its own number of trees and its own threshold from its out-of-fold predictions. clients: "all",
    or those with or without any history value. n, defaults: the number of clients, and of defaults among them.
    shipped, figures: ROC AUC and loss of the shipped and of the other model. difference: shipped minus other, with
    its interval: percentiles over bootstrap samples that both models score.
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
    """The model card: data, sizes, figures on the locked rows, the excluded columns and the AUC they are worth.

    The card of a converted model has only a name and versions; its trained_rows are 0. threshold: the policy's, with
    its 95 % interval. parameters: of the fit. constraints: +1 where the risk may only rise with a column, −1 where it
    may only fall; constraints_cost: their cost in out-of-fold ROC AUC; constraints_dropped: the groups of constraints
    that cost too much. trials: of the parameter search. comparisons: with the model without histories and the
    baseline. histories: the number of clients with a value in each family of histories. notes: by language, sentences
    on the data written by the person who trained the model.
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
    """One synthetic client as raw columns, and the P(default) that it must get."""

    row: dict[str, str | float | int | None]
    probability: float


class Provenance(msgspec.Struct, frozen=True):
    """The date and the commit of a bundle; the only part that may differ between bundles of equal data."""

    date: str
    commit: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The format and kind of a bundle, and the SHA-256 of each file, checked before the file is parsed."""

    format: int
    kind: ModelKind
    sha256: dict[str, str]
    provenance: Provenance


class BundleSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The contents that `write_bundle` writes. model: LightGBM's text, or the bytes of a joblib file."""

    model: str | bytes
    columns: tuple[Column, ...]
    policy: Policy
    population: Population
    card: Card
    golden: tuple[Golden, ...]
    provenance: Provenance
    synthetic: Correlations = Correlations()
    monitoring: Monitoring = Monitoring()

    @property
    def kind(self) -> ModelKind:
        """The kind of the bundle."""
        return "lightgbm" if isinstance(self.model, str) else "joblib"
