"""What a model of these data is worth, measured on clients that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from core.model.schema import Figure, Policy
from core.progress_log import ProgressLog
from core.records import Flags, Floats
from core.training.applications import Applications
from core.training.columns import LEFT_OUT, Matrix
from core.training.cross_validation import Folds, ModelFactory, Parameters, cross_validate
from core.training.lightgbm_model import LightGBMFactory
from core.training.metrics import affine_calibration, measure, measure_with_intervals, recalibrated
from core.training.monotonic import Constraints, choose_constraints
from core.training.search import Search, factory_of, search
from core.training.threshold import best_threshold, threshold_interval

AGE = ("DAYS_BIRTH", "DAYS_EMPLOYED_PERC")
CLEARLY_TRUER = 0.001


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was chosen and measured.

    recipe: how the model is learned. trees: median over the folds. policy: threshold on P(default) and calibration,
    from out-of-fold predictions; threshold: the same with its 95 % interval. probability: P(default) of shape
    (n_clients,) for all rows, by models that had not seen the row. figures: on the locked rows. out_of_fold: the same
    on the open ones. worth: differences of ROC AUC. constraints, search: None where there was none.
    """

    recipe: ModelFactory
    trees: int
    policy: Policy
    threshold: Figure
    probability: Floats
    figures: dict[str, Figure]
    out_of_fold: dict[str, float]
    worth: dict[str, float]
    constraints: Constraints | None = None
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class OpenRows:
    """The rows that may choose: values of the shipping columns, defaults, AMT_CREDIT and the columns' names."""

    values: Floats
    defaults: Flags
    credit: Floats
    names: Sequence[str]

    def folds(self, recipe: ModelFactory, progress: ProgressLog) -> Folds:
        """The recipe's out-of-fold predictions."""
        return cross_validate(recipe, self.values, self.defaults, self.names, tick=progress.tick)


def evaluate(
    applications: Applications, matrix: Matrix, progress: ProgressLog, *, kind: str = "lightgbm", trials: int = 0
) -> Evaluation:
    """Chooses constraints, parameters, trees, calibration and threshold on the open rows; measures on the locked.

    kind: "lightgbm" or "logistic". trials: the budget of the search; 0 takes the usual parameters.
    """
    locked, shipped = applications.locked, matrix.values[:, matrix.ships]
    rows = OpenRows(
        shipped[~locked], applications.defaults[~locked], applications.credit[~locked], matrix.names(matrix.ships)
    )
    recipe, constraints = _constrained(factory_of(kind), rows, progress)
    recipe, tried = _searched(recipe, kind, trials, rows, applications.fingerprint, progress)
    with progress("cross-validating"):
        folds = rows.folds(recipe, progress)
    intercept, slope = choose_calibration(folds.probability, rows.defaults)
    out_of_fold = recalibrated(folds.probability, intercept, slope)
    threshold = best_threshold(out_of_fold, rows.defaults, rows.credit)
    with progress("asking how sure the threshold is"):
        interval = threshold_interval(out_of_fold, rows.defaults, rows.credit)
    with progress("measuring on the locked rows"):
        model = recipe.learn(rows.values, rows.defaults, rows.names, folds.median_trees)
        unseen = recalibrated(model.probability(shipped[locked]), intercept, slope)
        figures = measure_with_intervals(
            unseen, applications.defaults[locked], applications.credit[locked], threshold=threshold
        )
    with progress("measuring what age, sex and family status are worth"):
        worth = _worth(applications, matrix, recipe, folds, progress)
    probability = np.empty(len(applications))
    probability[~locked], probability[locked] = out_of_fold, unseen
    return Evaluation(
        recipe=recipe,
        trees=folds.median_trees,
        policy=Policy(threshold=threshold, intercept=intercept, slope=slope),
        threshold=Figure(threshold, *interval),
        probability=probability,
        figures=figures,
        out_of_fold=measure(out_of_fold, rows.defaults, rows.credit, threshold=threshold),
        worth=worth,
        constraints=constraints,
        search=tried,
    )


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
    if not isinstance(recipe, LightGBMFactory):
        return recipe, None

    def auc(directions: Mapping[str, int]) -> float:
        found = rows.folds(replace(recipe, directions=directions), progress)
        return float(roc_auc_score(rows.defaults, found.probability))

    with progress("measuring what constraints cost"):
        constraints = choose_constraints(rows.names, auc)
    return replace(recipe, directions=constraints.directions), constraints


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
