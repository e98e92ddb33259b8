"""What a model of these data is worth, measured on clients that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from core.training.monotonic import Constraints, Cost, Directions, choose_constraints
from core.training.search import Search, factory_of, search
from core.training.threshold import best_threshold, threshold_interval

AGE = ("DAYS_BIRTH", "DAYS_EMPLOYED_PERC")
CLEARLY_TRUER = 0.001
STEP_FOLDS = "cross-validating"
STEP_CONSTRAINTS = "measuring what constraints cost"
STEP_LOCKED = "measuring on the locked rows"
STEP_THRESHOLD = "asking how sure the threshold is"
STEP_WORTH = "measuring what age, sex and family status are worth"
STEP_OTHERS = "comparing with other models of the same rows"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was chosen and measured.

    recipe: how the model is learned. trees: median over the folds. policy: threshold on P(default) and calibration,
    from out-of-fold predictions; threshold: the same with its 95 % interval. probability: P(default) of shape
    (n_clients,) for all rows, by models that had not seen the row. figures: on the locked rows. out_of_fold: the same
    on the open ones. worth: differences of ROC AUC. comparisons: with the twin and the baseline, on the locked rows.
    constraints, search: None where there was none.
    """

    recipe: ModelFactory
    trees: int
    policy: Policy
    threshold: Figure
    probability: Floats
    figures: dict[str, Figure]
    out_of_fold: dict[str, float]
    worth: dict[str, float]
    comparisons: tuple[Comparison, ...] = ()
    constraints: Constraints | None = None
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class OpenRows:
    """The rows that may choose: values of the shipping columns, defaults, AMT_CREDIT and the columns' names."""

    values: Floats
    defaults: Flags
    credit: Floats
    names: Sequence[str]

    def folds(self, recipe: ModelFactory, progress: ProgressLog, trees: Sequence[int] | None = None) -> Folds:
        """The recipe's out-of-fold predictions."""
        return cross_validate(recipe, self.values, self.defaults, self.names, trees=trees, tick=progress.tick)


@dataclass(frozen=True, slots=True)
class Measured:
    """One recipe on some columns: its policy from the open rows, P(default) of both sides, calibrated."""

    policy: Policy
    trees: int
    out_of_fold: Floats
    locked: Floats

    def scored(self, columns: int) -> Scored:
        """Its answers to the locked rows."""
        return Scored(self.locked, self.policy.threshold, columns, self.trees)


def evaluate(
    applications: Applications, matrix: Matrix, progress: ProgressLog, *, kind: str = "lightgbm", trials: int = 0
) -> Evaluation:
    """Chooses constraints, parameters, trees, calibration and threshold on the open rows; measures on the locked.

    kind: "lightgbm" or "logistic".
    trials: the budget of the search; 0 takes the usual parameters.
    """
    locked, shipped = applications.locked, matrix.values[:, matrix.ships]
    rows = OpenRows(
        shipped[~locked], applications.defaults[~locked], applications.credit[~locked], matrix.names(matrix.ships)
    )
    recipe, constraints = _constrained(factory_of(kind), rows, progress)
    recipe, tried = _searched(recipe, kind, trials, rows, applications.fingerprint, progress)
    with progress(STEP_FOLDS):
        folds = rows.folds(recipe, progress, constraints.trees if constraints and not tried else None)
    with progress(STEP_LOCKED):
        mine = measure_recipe(recipe, folds, rows, shipped[locked])
        figures = measure_with_intervals(
            mine.locked,
            applications.defaults[locked],
            applications.credit[locked],
            threshold=mine.policy.threshold,
        )
    with progress(STEP_THRESHOLD):
        interval = threshold_interval(mine.out_of_fold, rows.defaults, rows.credit)
    with progress(STEP_WORTH):
        worth = _worth(applications, matrix, recipe, folds, progress)
    with progress(STEP_OTHERS):
        comparisons = _compared(applications, matrix, recipe, mine, progress)
    probability = np.empty(len(applications))
    probability[~locked], probability[locked] = mine.out_of_fold, mine.locked
    return Evaluation(
        recipe=recipe,
        trees=folds.median_trees,
        policy=mine.policy,
        threshold=Figure(mine.policy.threshold, *interval),
        probability=probability,
        figures=figures,
        out_of_fold=measure(mine.out_of_fold, rows.defaults, rows.credit, threshold=mine.policy.threshold),
        worth=worth,
        comparisons=comparisons,
        constraints=constraints,
        search=tried,
    )


def measure_recipe(recipe: ModelFactory, folds: Folds, rows: OpenRows, locked: Floats) -> Measured:
    """Calibration and threshold from the folds, and what the recipe then says of locked rows, (n_locked, n_columns)."""
    intercept, slope = choose_calibration(folds.probability, rows.defaults)
    out_of_fold = recalibrated(folds.probability, intercept, slope)
    threshold = best_threshold(out_of_fold, rows.defaults, rows.credit)
    model = recipe.learn(rows.values, rows.defaults, rows.names, folds.median_trees)
    unseen = recalibrated(model.probability(locked), intercept, slope)
    policy = Policy(threshold=threshold, intercept=intercept, slope=slope)
    return Measured(policy, folds.median_trees, out_of_fold, unseen)


def choose_calibration(probability: Floats, defaults: Flags) -> tuple[float, float]:
    """Intercept and slope of the calibration in log-odds: 0 and 1, unless others clearly make it truer.

    Clearly: the Brier score of the out-of-fold P(default) falls by more than 0.1 %.
    """
    intercept, slope = affine_calibration(probability, defaults)
    before = float(brier_score_loss(defaults, probability))
    after = float(brier_score_loss(defaults, recalibrated(probability, intercept, slope)))
    return (intercept, slope) if after < before * (1 - CLEARLY_TRUER) else (0.0, 1.0)


def _constrained(
    recipe: ModelFactory, rows: OpenRows, progress: ProgressLog
) -> tuple[ModelFactory, Constraints | None]:
    """The recipe with the directions that are kept, and what they cost."""
    if not isinstance(recipe, LightGBMFactory):
        return recipe, None
    free: LightGBMFactory = recipe
    shared: dict[int, object] = {}

    def measured(directions: Directions) -> Cost:
        directed = replace(free, directions=directions)
        folds = cross_validate(directed, rows.values, rows.defaults, rows.names, tick=progress.tick, shared=shared)
        return Cost(float(roc_auc_score(rows.defaults, folds.probability)), folds.trees)

    with progress(STEP_CONSTRAINTS):
        constraints = choose_constraints(rows.names, measured)
    return replace(free, directions=constraints.directions), constraints


def _searched(
    recipe: ModelFactory, kind: str, trials: int, rows: OpenRows, fingerprint: str, progress: ProgressLog
) -> tuple[ModelFactory, Search | None]:
    if not trials:
        return recipe, None

    def chosen(parameters: Parameters) -> ModelFactory:
        if isinstance(recipe, LightGBMFactory):
            return replace(recipe, parameters=parameters)
        return factory_of(kind, parameters)

    def loss(parameters: Parameters) -> float:
        found = cross_validate(chosen(parameters), rows.values, rows.defaults, rows.names)
        return float(log_loss(rows.defaults, found.probability))

    with progress(f"searching better parameters in {trials} trials"):
        tried = search(kind, f"{kind}-{fingerprint[:8]}", trials, loss, progress.tick)
    return chosen(tried.best.parameters), tried


def _worth(
    applications: Applications, matrix: Matrix, recipe: ModelFactory, folds: Folds, progress: ProgressLog
) -> dict[str, float]:
    """Out-of-fold AUC won by age, and by sex and family status, in the same folds with the same trees."""
    open_rows = ~applications.locked
    defaults = applications.defaults[open_rows]

    def auc(chosen: Flags) -> float:
        values = matrix.values[open_rows][:, chosen]
        names = matrix.names(chosen)
        found = cross_validate(recipe, values, defaults, names, trees=folds.trees, tick=progress.tick)
        return float(roc_auc_score(defaults, found.probability))

    with_age = float(roc_auc_score(defaults, folds.probability))
    return {
        "age_auc": with_age - auc(matrix.ships & ~matrix.of(AGE)),
        "sex_family_auc": auc(matrix.ships | matrix.of(LEFT_OUT)) - with_age,
    }


def _compared(
    applications: Applications, matrix: Matrix, recipe: ModelFactory, mine: Measured, progress: ProgressLog
) -> tuple[Comparison, ...]:
    """The same recipe without histories, where there are any, and the baseline where it is not what ships."""
    locked = applications.locked
    history = np.array([is_history(applications.table, column.name) for column in matrix.columns])
    others: dict[Other, tuple[ModelFactory, Flags]] = {}
    if (history & matrix.ships).any():
        others["application_only"] = (recipe, matrix.ships & ~history)
    if not isinstance(recipe, LogisticFactory):
        others["logistic"] = (LogisticFactory(), matrix.ships)
    scored: dict[Other, Scored] = {}
    for other, (theirs, chosen) in others.items():
        values = matrix.values[:, chosen]
        rows = OpenRows(
            values[~locked], applications.defaults[~locked], applications.credit[~locked], matrix.names(chosen)
        )
        found = measure_recipe(theirs, rows.folds(theirs, progress), rows, values[locked])
        scored[other] = found.scored(int(chosen.sum()))
    return compare_models(
        mine.scored(int(matrix.ships.sum())),
        scored,
        applications.defaults[locked],
        applications.credit[locked],
        with_histories(applications.table)[locked],
    )
