"""The four verbs in order (align, score, decide, explain), in the one place that joins them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from core.alignment.aligner import Aligner
from core.alignment.parsers import RATIOS
from core.alignment.table import Table
from core.errors import BundleError, InputRefused, Problem
from core.model.bundle import Bundle, load_bundle
from core.records import Assessments, Explanation, ValueOrigin
from core.scoring.decision import decide
from core.scoring.explanation import explain
from core.scoring.predict import probability

_KNOWN = np.array([state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED) for state in ValueOrigin])
"""By State: whether a value in this state is information that the client's file holds."""


@dataclass(frozen=True, slots=True)
class Model:
    """A bundle ready to answer: loaded once, shared by pages and routes, never changed."""

    bundle: Bundle
    aligner: Aligner


def open_model(folder: Path, trusted: Collection[str] = (), digest: str = "") -> Model:
    """The model in a bundle's folder, after its digests held and its golden rows got their numbers.

    trusted: SHA-256 digests (lower-case hex) of the joblib files that may be unpickled. digest: the bundle's own, if
    another bundle must not be served. Raises BundleError.
    """
    bundle = load_bundle(folder, trusted, digest)
    model = Model(bundle=bundle, aligner=Aligner(bundle.columns))
    verify_golden(model, folder.name)
    return model


def verify_golden(model: Model, name: str) -> float:
    """Scores the bundle's ten synthetic clients; raises BundleError unless each probability is as written.

    Returns the largest difference, which is 0 where this computer adds and divides as the writer's did.
    """
    rows = [dict(golden.row) for golden in model.bundle.golden]
    expected = [golden.probability for golden in model.bundle.golden]
    found = assess(model, rows, review_band=0.0, keep_good=True)
    if len(found) != len(expected) or not np.allclose(found.probability, expected, rtol=0, atol=1e-12):
        raise BundleError(name, ["its golden rows do not get the probabilities they were written with"])
    return float(np.max(np.abs(found.probability - expected), initial=0.0))


def assess(
    model: Model, rows: Sequence[object] | Table, *, review_band: float, keep_good: bool = False, whole: bool = True
) -> Assessments:
    """Clients aligned, scored and decided; every page, route, file and test calls this.

    rows: mappings of column to cell, raw or encoded, in any order of columns, or the same as a table. Without
    keep_good it is all or nothing: raises InputRefused when one row is bad. With keep_good the bad rows are listed
    in `aligned.refused` and the others are scored. whole: these are all rows there are; then a category column of
    nothing but numbers is refused by name, with InputRefused in both modes, unless there is one row: a lone number is
    a category never seen. Probabilities are P(default).
    """
    aligned = model.aligner.align(rows)
    if whole and len(rows) > 1 and aligned.categories_of_numbers:
        refuse_categories_of_numbers(aligned.categories_of_numbers)
    if aligned.refused and not keep_good:
        raise InputRefused(aligned.refused, aligned.refused_total)
    risk = probability(aligned.values, model.bundle)
    information = np.where(_KNOWN[aligned.states], model.bundle.weights, 0.0).sum(axis=1)
    decisions = tuple(
        decide(
            probability=float(risk[index]),
            threshold=model.bundle.policy.threshold,
            review_band=review_band,
            information=float(information[index]),
            impossible=index in aligned.impossible,
        )
        for index in range(len(risk))
    )
    return Assessments(aligned=aligned, probability=risk, information=information, decisions=decisions)


def refuse_categories_of_numbers(columns: Sequence[str]) -> NoReturn:
    """Raises InputRefused: these columns want words of the data set, and hold somebody's codes for them."""
    raise InputRefused([Problem("category_of_numbers", column=column) for column in columns])


def explain_clients(model: Model, found: Assessments) -> tuple[Explanation, ...]:
    """Why each assessed client got its answer, in the order of the assessment. Raises NotExplained.

    A contribution of a column that cannot be right, or of a ratio derived from one, is marked.
    """
    explanations = list(explain(found.aligned.values, found.aligned.states, model.bundle))
    for index, wrong in found.aligned.impossible.items():
        columns = {column for each in wrong for column in each.columns}
        columns |= {ratio for ratio, parts in RATIOS.items() if columns.intersection(parts)}
        explanation = explanations[index]
        marked = tuple(replace(each, impossible=each.source in columns) for each in explanation.contributions)
        explanations[index] = replace(explanation, contributions=marked)
    return tuple(explanations)
