"""The documents that the JSON routes answer with: one per request, built from an assessment or from a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.errors import InputRefused, Problem
from core.i18n.translations import translate, translate_problem
from core.records import Assessments, Contribution, ValueOrigin, Verdict
from core.scoring.assess import Model, explain_clients
from core.scoring.explanation import reasons

LISTED = 100
LONGEST_NAME = 120

Tell = Callable[[Assessments, int], object]


def yes_or_no(found: Assessments, index: int) -> object:
    """`/predict`'s answer for one client: "No" exactly when P(default) is over the threshold."""
    return "No" if found.decisions[index].refused else "Yes"


def solvency_and_threshold(found: Assessments, index: int) -> object:
    """`/predict_proba`'s answer for one client: solvency, and the threshold on the P(default) scale."""
    decision = found.decisions[index]
    return {"niveau de solvabilité": decision.solvency, "seuil": decision.threshold}


def explanation_of(found: Assessments, model: Model) -> Tell:
    """What `/explain` tells of each client; base and contributions add up to its answer. Raises NotExplained.

    log_odds are of default, a positive one raises the risk; points are percentage points of solvency, a positive one
    raises it. base is the average client. Contributions are summed to the columns people know, largest first;
    reason codes are the three columns that raise the solvency most, and the three that lower it most.
    """
    explanations = explain_clients(model, found)

    def tell(found: Assessments, index: int) -> object:
        explanation, decision = explanations[index], found.decisions[index]
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

    return tell


def answer(found: Assessments, model: Model, tell: Tell, key: str = "prediction") -> dict[str, object]:
    """The document of a POST route: the contract's `prediction`, and beside it what was done to the rows."""
    clients = found.aligned.ids
    document: dict[str, object] = {
        key: {f"client n°{client}": tell(found, index) for index, client in enumerate(clients)}
    }
    beside = {
        "to_review": [
            f"client n°{client}"
            for client, decision in zip(clients, found.decisions, strict=True)
            if decision.verdict is Verdict.TO_REVIEW
        ],
        "ignored": _listed(found.aligned.unknown),
        "derived": _listed(_sources(found, model, ValueOrigin.DERIVED)),
        "assumed": _listed(_sources(found, model, ValueOrigin.ASSUMED)),
        "never_seen": _listed(_sources(found, model, ValueOrigin.UNSEEN)),
    }
    return document | {key: value for key, value in beside.items() if value}


def refusal(error: InputRefused) -> dict[str, object]:
    """The document of a refusal: one sentence, a stable code, and the first hundred things that are wrong."""
    errors = [
        {"row": problem.row, "column": _short(problem.column), "message": translate_problem(_cut(problem), "en")}
        for problem in error.problems[:LISTED]
    ]
    sentence = errors[0]["message"]
    if error.total > 1:
        sentence = f"{sentence} {translate('problem.and_more', 'en', n=error.total - 1)}"
    return {"error": sentence, "code": error.code, "errors": errors, "total": error.total}


def _contribution(contribution: Contribution) -> dict[str, object]:
    return {
        "column": contribution.source,
        "log_odds": contribution.log_odds,
        "points": contribution.points,
        "value": contribution.value,
        "state": contribution.state.name.lower(),
    }


def _sources(found: Assessments, model: Model, state: ValueOrigin) -> Sequence[str]:
    marked = found.aligned.states == int(state)
    if not marked.any():
        return ()
    slots = np.flatnonzero(marked.any(axis=0)).tolist()
    return list(dict.fromkeys(model.bundle.columns[slot].source for slot in slots))


def _listed(names: Sequence[str]) -> dict[str, object]:
    return {"columns": [_short(name) for name in names[:LISTED]], "total": len(names)} if names else {}


def _short(name: str | None) -> str | None:
    return name if name is None or len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _cut(problem: Problem) -> Problem:
    return Problem(problem.code, problem.row, _short(problem.column), problem.facts)
