"""Chooses a model on the open rows and evaluates it on clients that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from core.model.schema import Comparison, Figure, Policy
from core.progress_log import ProgressLog
from core.records import Flags, Floats
from core.training.applications import Applications
from core.training.columns import LEFT_OUT, Matrix, is_history, with_histories
from core.training.comparison import Other, Scored, compare_models
from core.training.cross_validation import Folds, ModelFactory, Parameters, cross_validate
from core.training.lightgbm_model import LightGBMFactory
from core.training.logistic_model import LogisticFactory
from core.training.metrics import affine_calibration, measure, measure_with_intervals, recalibrated
from core.training.monotonic import Constraints, Directions, choose_constraints
from core.training.search import Search, factory_of, search
from core.training.threshold import best_threshold, threshold_interval

AGE = ("DAYS_BIRTH", "DAYS_EMPLOYED_PERC")
MIN_IMPROVEMENT = 0.001
SHIPPED = "shipped"
STEP_FOLDS = "cross-validating"
STEP_CONSTRAINTS = "measuring what constraints cost"
STEP_LOCKED = "measuring on the locked rows"
STEP_THRESHOLD = "asking how sure the threshold is"
STEP_WORTH = "measuring what age, sex and family status are worth"
STEP_OTHERS = "comparing with other models of the same rows"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The choices and the results.

    factory: fits the chosen model. trees: median over the folds. policy: threshold on P(default) and calibration, from
    out-of-fold predictions; threshold: the same with its 95 % interval. probability: P(default) of all rows, of shape
    (n_clients,), by models that had not seen the row. figures: on the locked rows; out_of_fold: on the open ones.
    worth: differences of ROC AUC. comparisons: with the model without histories and the baseline, on the locked rows;
    locked: P(default) of these rows by each of the models, of shape (n_locked,).
    constraints, search: None if there were none.
    """

    factory: ModelFactory
    trees: int
    policy: Policy
    threshold: Figure
    probability: Floats
    figures: dict[str, Figure]
    out_of_fold: dict[str, float]
    worth: dict[str, float]
    comparisons: tuple[Comparison, ...] = ()
    locked: Mapping[str, Floats] = field(default_factory=dict)
    constraints: Constraints | None = None
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class OpenRows:
    """The open rows: values of shape (n_open, n_columns), defaults and AMT_CREDIT (n_open,), the columns' names."""

    values: Floats
    defaults: Flags
    credit: Floats
    names: Sequence[str]

    def folds(self, factory: ModelFactory, progress: ProgressLog) -> Folds:
        """Out-of-fold predictions of a kind of model."""
        return cross_validate(factory, self.values, self.defaults, self.names, on_checkpoint=progress.tick)


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of model on some columns: its policy from the open rows, and calibrated P(default) of all rows."""

    policy: Policy
    trees: int
    out_of_fold: Floats
    locked: Floats

    def scored(self, columns: int) -> Scored:
        """The model's answers on the locked rows."""
        return Scored(self.locked, self.policy.threshold, columns, self.trees)


def evaluate(
    applications: Applications, matrix: Matrix, progress: ProgressLog, *, kind: str = "lightgbm", trials: int = 0
) -> Evaluation:
    """Choose constraints, parameters, trees, calibration and threshold on the open rows; measure on the locked rows.

    kind: "lightgbm" or "logistic". trials: number of trials of the search; 0 for the default parameters.
    """
    locked, shipped = applications.locked, matrix.values[:, matrix.ships]
    rows = OpenRows(
        shipped[~locked], applications.defaults[~locked], applications.credit[~locked], matrix.names(matrix.ships)
    )
    factory, constraints = _constrained(factory_of(kind), rows, progress)
    factory, tried = _searched(factory, kind, trials, rows, applications.fingerprint, progress)
    with progress(STEP_FOLDS):
        folds = rows.folds(factory, progress)
    with progress(STEP_LOCKED):
        mine = evaluate_factory(factory, folds, rows, shipped[locked])
        figures = measure_with_intervals(
            mine.locked,
            applications.defaults[locked],
            applications.credit[locked],
            threshold=mine.policy.threshold,
        )
    with progress(STEP_THRESHOLD):
        interval = threshold_interval(mine.out_of_fold, rows.defaults, rows.credit)
    with progress(STEP_WORTH):
        worth = _worth(applications, matrix, factory, progress)
    with progress(STEP_OTHERS):
        comparisons, others = _compared(applications, matrix, factory, mine, progress)
    probability = np.empty(len(applications))
    probability[~locked], probability[locked] = mine.out_of_fold, mine.locked
    return Evaluation(
        factory=factory,
        trees=folds.median_trees,
        policy=mine.policy,
        threshold=Figure(mine.policy.threshold, *interval),
        probability=probability,
        figures=figures,
        out_of_fold=measure(mine.out_of_fold, rows.defaults, rows.credit, threshold=mine.policy.threshold),
        worth=worth,
        comparisons=comparisons,
        locked={SHIPPED: mine.locked, **{name: each.probability for name, each in others.items()}},
        constraints=constraints,
        search=tried,
    )


def evaluate_factory(factory: ModelFactory, folds: Folds, rows: OpenRows, locked: Floats) -> Measured:
    """Choose calibration and threshold on the folds, fit on the open rows, and score the locked rows.

    locked: values of shape (n_locked, n_columns).
    """
    intercept, slope = choose_calibration(folds.probability, rows.defaults)
    out_of_fold = recalibrated(folds.probability, intercept, slope)
    threshold = best_threshold(out_of_fold, rows.defaults, rows.credit)
    model = factory.learn(rows.values, rows.defaults, rows.names, folds.median_trees)
    unseen = recalibrated(model.probability(locked), intercept, slope)
    policy = Policy(threshold=threshold, intercept=intercept, slope=slope)
    return Measured(policy, folds.median_trees, out_of_fold, unseen)


def choose_calibration(probability: Floats, defaults: Flags) -> tuple[float, float]:
    """Intercept and slope of the calibration in log-odds: 0 and 1, unless others lower the Brier score by over 0.1 %.

    probability: out-of-fold P(default), defaults: True for a defaulted client; both of shape (n_clients,).
    """
    intercept, slope = affine_calibration(probability, defaults)
    before = float(brier_score_loss(defaults, probability))
    after = float(brier_score_loss(defaults, recalibrated(probability, intercept, slope)))
    return (intercept, slope) if after < before * (1 - MIN_IMPROVEMENT) else (0.0, 1.0)


def _constrained(
    factory: ModelFactory, rows: OpenRows, progress: ProgressLog
) -> tuple[ModelFactory, Constraints | None]:
    """The factory with the chosen constraints, and their cost; constraints apply to LightGBM only."""
    if not isinstance(factory, LightGBMFactory):
        return factory, None
    free: LightGBMFactory = factory.quicker()
    shared: dict[int, object] = {}

    def measured(directions: Directions) -> float:
        directed = replace(free, directions=directions)
        folds = cross_validate(
            directed, rows.values, rows.defaults, rows.names, on_checkpoint=progress.tick, shared=shared
        )
        return float(roc_auc_score(rows.defaults, folds.probability))

    with progress(STEP_CONSTRAINTS):
        constraints = choose_constraints(rows.names, measured)
    return replace(factory, directions=constraints.directions), constraints


def _searched(
    factory: ModelFactory, kind: str, trials: int, rows: OpenRows, fingerprint: str, progress: ProgressLog
) -> tuple[ModelFactory, Search | None]:
    if not trials:
        return factory, None

    def chosen(parameters: Parameters) -> ModelFactory:
        if isinstance(factory, LightGBMFactory):
            return replace(factory, parameters=parameters)
        return factory_of(kind, parameters)

    def loss(parameters: Parameters) -> float:
        folds = cross_validate(chosen(parameters), rows.values, rows.defaults, rows.names)
        return float(log_loss(rows.defaults, folds.probability))

    with progress(f"searching better parameters in {trials} trials"):
        tried = search(kind, f"{kind}-{fingerprint[:8]}", trials, loss, progress.tick)
    return chosen(tried.best.parameters), tried


def _worth(
    applications: Applications, matrix: Matrix, factory: ModelFactory, progress: ProgressLog
) -> dict[str, float]:
    """Gain of out-of-fold AUC by age, and by sex and family status, in the same folds, by quicker models."""
    quicker = factory.quicker() if isinstance(factory, LightGBMFactory) else factory
    open_rows = ~applications.locked
    defaults = applications.defaults[open_rows]

    def auc(chosen: Flags) -> float:
        values = matrix.values[open_rows][:, chosen]
        names = matrix.names(chosen)
        folds = cross_validate(quicker, values, defaults, names, on_checkpoint=progress.tick, shared={})
        return float(roc_auc_score(defaults, folds.probability))

    with_age = auc(matrix.ships)
    return {
        "age_auc": with_age - auc(matrix.ships & ~matrix.of(AGE)),
        "sex_family_auc": auc(matrix.ships | matrix.of(LEFT_OUT)) - with_age,
    }


def _compared(
    applications: Applications, matrix: Matrix, factory: ModelFactory, mine: Measured, progress: ProgressLog
) -> tuple[tuple[Comparison, ...], Mapping[Other, Scored]]:
    """The same factory without histories, if there are any, and the baseline, unless it ships: compared and scored."""
    locked = applications.locked
    history = np.array([is_history(applications.table, column.name) for column in matrix.columns])
    others: dict[Other, tuple[ModelFactory, Flags]] = {}
    if (history & matrix.ships).any():
        others["application_only"] = (factory, matrix.ships & ~history)
    if not isinstance(factory, LogisticFactory):
        others["logistic"] = (LogisticFactory(), matrix.ships)
    scored: dict[Other, Scored] = {}
    for other, (theirs, chosen) in others.items():
        values = matrix.values[:, chosen]
        rows = OpenRows(
            values[~locked], applications.defaults[~locked], applications.credit[~locked], matrix.names(chosen)
        )
        measured = evaluate_factory(theirs, rows.folds(theirs, progress), rows, values[locked])
        scored[other] = measured.scored(int(chosen.sum()))
    compared = compare_models(
        mine.scored(int(matrix.ships.sum())),
        scored,
        applications.defaults[locked],
        applications.credit[locked],
        with_histories(applications.table)[locked],
    )
    return compared, scored
