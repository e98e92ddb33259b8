"""Scores clients: align, score, decide and explain, in this order. Every answer comes from `assess`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
from msgspec import structs

from core.alignment.aligner import Aligner
from core.alignment.parsers import RATIOS
from core.alignment.table import Table
from core.errors import BundleError, InputRefused, Problem
from core.model.bundle import Bundle, load_bundle
from core.records import Assessments, Explanation, Flags, Floats, Origins, ValueOrigin
from core.scoring.applicability import mark_absences
from core.scoring.decision import decide
from core.scoring.explanation import explain
from core.scoring.predict import probability

_KNOWN = np.array([state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED) for state in ValueOrigin])
"""By ValueOrigin: whether a value of this origin counts as information in the client's file."""


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded bundle and its aligner; immutable and shared by pages and routes."""

    bundle: Bundle
    aligner: Aligner


def open_model(folder: Path, trusted: Collection[str] = (), digest: str = "") -> Model:
    """Load the model in a bundle's folder, after checking its digests and the probabilities of its golden rows.

    Parameters
    ----------
    folder: the bundle's folder.
    trusted: SHA-256 digests (lower-case hex) of the joblib files that may be unpickled.
    digest: the digest (SHA-256, hex) that the bundle must have; "" accepts any.

    Raises
    ------
    BundleError: a check failed, or a file cannot be read.
    """
    bundle = load_bundle(folder, trusted, digest)
    model = Model(bundle=bundle, aligner=Aligner(bundle.columns))
    verify_golden(model, folder.name)
    return model


def verify_golden(model: Model, name: str) -> float:
    """Score the bundle's golden rows and compare each P(default) with the one in the bundle.

    Parameters
    ----------
    model: the model of the bundle.
    name: the name of the bundle's folder, for the error.

    Returns
    -------
    The largest absolute difference of a P(default): at most 1e-12, and 0 on a computer with the same arithmetic.

    Raises
    ------
    BundleError: a row is refused, or a difference is larger than 1e-12.
    """
    rows = [dict(golden.row) for golden in model.bundle.golden]
    expected = [golden.probability for golden in model.bundle.golden]
    assessments = assess(model, rows, review_band=0.0, keep_good=True)
    if len(assessments) != len(expected) or not np.allclose(assessments.probability, expected, rtol=0, atol=1e-12):
        raise BundleError(name, ["its golden rows do not get the probabilities they were written with"])
    return float(np.max(np.abs(assessments.probability - expected), initial=0.0))


def assess(
    model: Model, rows: Sequence[object] | Table, *, review_band: float, keep_good: bool = False, whole: bool = True
) -> Assessments:
    """Align, score and decide clients; every page, route and command calls this function.

    Parameters
    ----------
    model: the model.
    rows: mappings of column to cell, raw or encoded, columns in any order; or a table of them.
    review_band: distance from the threshold within which a client is to review, in P(default).
    keep_good: score the good rows and list the bad ones in `aligned.refused`, instead of raising for a bad row.
    whole: the rows are the whole input. Then a category column that holds only numbers is refused, whatever
        `keep_good` says; in a single row such a number is an unseen category.

    Returns
    -------
    One assessment per accepted row, in the order of the rows; `probability` is P(default).

    Raises
    ------
    InputRefused: a row is bad (without `keep_good`), or a category column holds only numbers.
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
    """Raise InputRefused, with a problem for each column that holds numeric codes instead of the categories."""
    raise InputRefused([Problem("category_of_numbers", column=column) for column in columns])


def outside_seen(values: Floats, states: Origins, bundle: Bundle) -> Flags:
    """Which numbers that were sent or derived lie beyond almost all of training, of shape (n_clients, n_columns).

    values, states: as in `Aligned`.
    """
    low, high = bundle.seen
    outside: Flags = (values < low) | (values > high)
    return outside & _KNOWN[states] if outside.any() else outside


def explain_clients(model: Model, assessments: Assessments) -> tuple[Explanation, ...]:
    """One explanation per assessed client, in the order of the assessments. Raises NotExplained.

    The contribution of an impossible value, or of a ratio derived from one, is marked as impossible; that of a missing
    value that does not apply, such as the time in the job of a retired client, with the reason.
    """
    explanations = [
        replace(each, contributions=mark_absences(each.contributions))
        for each in explain(assessments.aligned.values, assessments.aligned.states, model.bundle)
    ]
    for index, wrong in assessments.aligned.impossible.items():
        columns = {column for each in wrong for column in each.columns}
        columns |= {ratio for ratio, parts in RATIOS.items() if columns.intersection(parts)}
        explanation = explanations[index]
        marked = tuple(
            structs.replace(each, impossible=True) if each.source in columns else each
            for each in explanation.contributions
        )
        explanations[index] = replace(explanation, contributions=marked)
    return tuple(explanations)
