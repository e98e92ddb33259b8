"""Builds the documents that the JSON routes answer with, from an assessment or from a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from core.api import schemas
from core.errors import InputRefused, Problem
from core.i18n.translations import translate, translate_impossible, translate_problem
from core.records import Assessments, Contribution, Flags, ValueOrigin, Verdict
from core.scoring.assess import Model, explain_clients, outside_seen
from core.scoring.explanation import reasons

MAX_LISTED = 100
"""Most columns or problems that one list of an answer names."""
MAX_NAME_LENGTH = 120
"""Longer names of columns are cut, because they come from the request."""

ClientAnswer = Callable[[Assessments, int], object]
"""Builds the answer for the client at one position of an assessment."""


def yes_or_no(assessments: Assessments, index: int) -> Literal["Yes", "No"]:
    """`/predict`'s answer for one client: "No" exactly when P(default) is over the threshold."""
    return "No" if assessments.decisions[index].refused else "Yes"


def solvency_and_threshold(assessments: Assessments, index: int) -> schemas.Probability:
    """`/predict_proba`'s answer for one client: solvency, and the threshold on the P(default) scale."""
    decision = assessments.decisions[index]
    return {"niveau de solvabilité": decision.solvency, "seuil": decision.threshold}


def explain_each(assessments: Assessments, model: Model) -> ClientAnswer:
    """Explain every client for `/explain`.

    Parameters
    ----------
    assessments: the clients.
    model: the model that assessed them.

    Returns
    -------
    A function that builds the answer for one client. `log_odds` are of default: a positive one raises the risk.
    `points` are percentage points of solvency: a positive one raises it. `base` is the average client.
    Contributions are summed per source column, largest first; base and contributions add up to the client's answer.
    `reason_codes` are the three columns that raise the solvency most, and the three that lower it most.

    Raises
    ------
    NotExplained: the model's answers have no contribution per column.
    """
    explanations = explain_clients(model, assessments)

    def explanation_of(assessments: Assessments, index: int) -> schemas.ClientExplanation:
        explanation, decision = explanations[index], assessments.decisions[index]
        best = reasons(explanation)
        return {
            "niveau de solvabilité": decision.solvency,
            "seuil": decision.threshold,
            "base": {"log_odds": explanation.base_log_odds, "solvency": explanation.base_solvency},
            "log_odds": explanation.log_odds,
            "contributions": [_contribution(each) for each in explanation.contributions],
            "reason_codes": {
                "raising": [each.source for each in best.raising],
                "lowering": [each.source for each in best.lowering],
            },
        }

    return explanation_of


def answer(
    assessments: Assessments, model: Model, client_answer: ClientAnswer, key: str = "prediction"
) -> dict[str, object]:
    """Build the document of a POST route that scores.

    Parameters
    ----------
    assessments: the clients of the request.
    model: the model that assessed them.
    client_answer: builds the answer for one client.
    key: name of the object that holds the clients' answers.

    Returns
    -------
    The answers by client, and, where there are any, `to_review` (clients) and `ignored`, `derived`, `assumed`,
    `never_seen` and `outside` (columns), `impossible` (values that cannot be right, by client) and `read_as_missing`
    (a number of cells).
    """
    aligned = assessments.aligned
    clients = aligned.ids
    document: dict[str, object] = {
        key: {f"client n°{client}": client_answer(assessments, index) for index, client in enumerate(clients)}
    }
    notes = {
        "to_review": [
            f"client n°{client}"
            for client, decision in zip(clients, assessments.decisions, strict=True)
            if decision.verdict is Verdict.TO_REVIEW
        ],
        "ignored": _listed(aligned.unknown),
        "derived": _listed(_sources(assessments, model, ValueOrigin.DERIVED)),
        "assumed": _listed(_sources(assessments, model, ValueOrigin.ASSUMED)),
        "never_seen": _listed(_sources(assessments, model, ValueOrigin.UNSEEN)),
        "outside": _listed(_sources_of(outside_seen(aligned.values, aligned.states, model.bundle), model)),
        "impossible": _impossible(assessments),
        "read_as_missing": aligned.missing_markers,
    }
    return document | {key: value for key, value in notes.items() if value}


def refusal(error: InputRefused) -> schemas.Refusal:
    """Build the document of a refusal.

    Parameters
    ----------
    error: what is wrong with the request.

    Returns
    -------
    `error` (one English sentence), `code` (stable), `errors` (the first MAX_LISTED problems) and `total` (how many
    there are).
    """
    errors = [_refused_cell(problem) for problem in error.problems[:MAX_LISTED]]
    sentence = errors[0]["message"]
    if error.total > 1:
        sentence = f"{sentence} {translate('problem.and_more', 'en', n=error.total - 1)}"
    return {"error": sentence, "code": error.code, "errors": errors, "total": error.total}


def _contribution(contribution: Contribution) -> schemas.ColumnContribution:
    document: schemas.ColumnContribution = {
        "column": contribution.source,
        "log_odds": contribution.log_odds,
        "points": contribution.points,
        "value": contribution.value,
        "state": contribution.state.name.lower(),
    }
    if contribution.impossible:
        document["impossible"] = True
    return document


def _impossible(assessments: Assessments) -> schemas.ImpossibleValues | None:
    clients, wrong = assessments.aligned.ids, assessments.aligned.impossible
    if not wrong:
        return None
    listed: list[schemas.ImpossibleClient] = [
        {
            "client": f"client n°{clients[index]}",
            "columns": list(dict.fromkeys(column for each in wrong[index] for column in each.columns)),
            "message": " ".join(translate_impossible(each, "en") for each in wrong[index]),
        }
        for index in sorted(wrong)[:MAX_LISTED]
    ]
    return {"clients": listed, "total": len(wrong)}


def _sources(assessments: Assessments, model: Model, state: ValueOrigin) -> Sequence[str]:
    return _sources_of(assessments.aligned.states == int(state), model)


def _sources_of(marked: Flags, model: Model) -> Sequence[str]:
    """The columns people know, any of whose model columns is marked for any client."""
    if not marked.any():
        return ()
    slots = np.flatnonzero(marked.any(axis=0)).tolist()
    return list(dict.fromkeys(model.bundle.columns[slot].source for slot in slots))


def _listed(names: Sequence[str]) -> schemas.ColumnList | None:
    return {"columns": [_short(name) for name in names[:MAX_LISTED]], "total": len(names)} if names else None


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[:MAX_NAME_LENGTH]}…"


def _refused_cell(problem: Problem) -> schemas.RefusedCell:
    column = None if problem.column is None else _short(problem.column)
    message = translate_problem(Problem(problem.code, problem.row, column, problem.facts), "en")
    return {"row": problem.row, "column": column, "message": message}
