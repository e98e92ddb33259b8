"""What a model of these data is worth, measured on clients that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score

from core.contents import Figure, Policy
from core.records import Flags, Floats
from core.training.applications import Applications
from core.training.cutoff import best_threshold
from core.training.figures import affine_calibration, measure, measure_with_intervals, recalibrated
from core.training.fitting import Folds, cross_validate, fit
from core.training.progress import Progress
from core.training.schema import LEFT_OUT, Matrix

AGE = ("DAYS_BIRTH", "DAYS_EMPLOYED_PERC")
CLEARLY_TRUER = 0.001


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was chosen and measured.

    trees: median over the folds. policy: threshold on P(default) and calibration, from out-of-fold predictions.
    probability: P(default) of shape (n_clients,) for all rows, by models that had not seen the row.
    figures: on the locked rows. out_of_fold: the same on the open ones. worth: differences of ROC AUC.
    """

    trees: int
    policy: Policy
    probability: Floats
    figures: dict[str, Figure]
    out_of_fold: dict[str, float]
    worth: dict[str, float]


def evaluate(applications: Applications, matrix: Matrix, progress: Progress) -> Evaluation:
    """Chooses trees, calibration and threshold on the open rows, then measures once on the locked ones."""
    locked = applications.locked
    defaults, credit = applications.defaults[~locked], applications.credit[~locked]
    values, names = matrix.values[:, matrix.ships], matrix.names(matrix.ships)
    with progress("cross-validating"):
        folds = cross_validate(values[~locked], defaults, names, tick=progress.tick)
    intercept, slope = choose_calibration(folds.probability, defaults)
    out_of_fold = recalibrated(folds.probability, intercept, slope)
    threshold = best_threshold(out_of_fold, defaults, credit)

    with progress("measuring on the locked rows"):
        model = fit(values[~locked], defaults, names, trees=folds.median_trees)
        unseen = recalibrated(np.asarray(model.predict(values[locked])), intercept, slope)
        figures = measure_with_intervals(
            unseen, applications.defaults[locked], applications.credit[locked], threshold=threshold
        )
    with progress("measuring what age, sex and family status are worth"):
        worth = _worth(applications, matrix, folds, progress)
    probability = np.empty(len(applications))
    probability[~locked], probability[locked] = out_of_fold, unseen
    return Evaluation(
        trees=folds.median_trees,
        policy=Policy(threshold=threshold, intercept=intercept, slope=slope),
        probability=probability,
        figures=figures,
        out_of_fold=measure(out_of_fold, defaults, credit, threshold=threshold),
        worth=worth,
    )


def choose_calibration(probability: Floats, defaults: Flags) -> tuple[float, float]:
    """Intercept and slope of the calibration in log-odds: 0 and 1, unless others clearly make it truer.

    Clearly: the Brier score of the out-of-fold P(default) falls by more than 0.1 %.
    """
    intercept, slope = affine_calibration(probability, defaults)
    before = float(brier_score_loss(defaults, probability))
    after = float(brier_score_loss(defaults, recalibrated(probability, intercept, slope)))
    return (intercept, slope) if after < before * (1 - CLEARLY_TRUER) else (0.0, 1.0)


def _worth(applications: Applications, matrix: Matrix, folds: Folds, progress: Progress) -> dict[str, float]:
    """Out-of-fold AUC won by age, and by sex and family status, in the same folds with the same trees."""
    open_rows = ~applications.locked
    defaults = applications.defaults[open_rows]

    def auc(chosen: Flags) -> float:
        values = matrix.values[open_rows][:, chosen]
        found = cross_validate(values, defaults, matrix.names(chosen), trees=folds.trees, tick=progress.tick)
        return float(roc_auc_score(defaults, found.probability))

    with_age = float(roc_auc_score(defaults, folds.probability))
    return {
        "age_auc": with_age - auc(matrix.ships & ~matrix.of(AGE)),
        "sex_family_auc": auc(matrix.ships | matrix.of(LEFT_OUT)) - with_age,
    }
