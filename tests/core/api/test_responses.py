"""The documents of the routes, built from a few clients typed by hand: every key, every total, every cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.api.responses import answer, explain_each, refusal, solvency_and_threshold, yes_or_no
from core.api.schemas import Refusal
from core.errors import InputRefused, Problem
from core.i18n.translations import translate_problem
from core.records import Aligned, Assessments, ReviewReason, ValueOrigin
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.decision import decide
from tests.core.conftest import Thousand

GIVEN, DERIVED, ASSUMED, UNSEEN = (
    int(each) for each in (ValueOrigin.GIVEN, ValueOrigin.DERIVED, ValueOrigin.ASSUMED, ValueOrigin.UNSEEN)
)


def clients(model: Model, risks: list[float], unknown: tuple[str, ...] = ()) -> Assessments:
    """Clients 7, 8, 9 … with these probabilities of default against a threshold of 0.16; every value was given."""
    size, width = len(risks), len(model.bundle.columns)
    low, high = model.bundle.seen
    return Assessments(
        aligned=Aligned(
            ids=tuple(range(7, 7 + size)),
            rows=tuple(range(1, 1 + size)),
            values=np.tile(np.clip(0.0, low, high), (size, 1)),
            states=np.full((size, width), GIVEN, dtype=np.int8),
            unknown=unknown,
        ),
        probability=np.array(risks),
        information=np.ones(size),
        decisions=tuple(decide(probability=risk, threshold=0.16, review_band=0.0, information=1.0) for risk in risks),
    )


def sentence(row: int, column: str = "AMT_CREDIT") -> str:
    return translate_problem(Problem("boolean_in_number", row, column), "en")


def refused(n: int, total: int | None = None, column: str = "AMT_CREDIT") -> Refusal:
    return refusal(InputRefused([Problem("boolean_in_number", row, column) for row in range(1, n + 1)], total))


def test_yes_at_the_threshold_and_no_over_it(model: Model) -> None:
    found = clients(model, [0.1, 0.1600001, 0.5])
    assert [yes_or_no(found, index) for index in range(3)] == ["Yes", "No", "No"]
    at_the_line = clients(model, [0.16])
    assert yes_or_no(at_the_line, 0) == "Yes"
    assert solvency_and_threshold(at_the_line, 0) == {"niveau de solvabilité": 0.84, "seuil": 0.16}


def test_document_of_two_clients_of_whom_nothing_else_is_to_be_said(model: Model) -> None:
    assert answer(clients(model, [0.1, 0.5]), model, yes_or_no) == {
        "prediction": {"client n°7": "Yes", "client n°8": "No"}
    }


def test_everything_beside_the_prediction_has_its_own_key_and_total(model: Model) -> None:
    found = clients(model, [0.16, 0.5], unknown=("PET",))
    names = model.bundle.names
    group = [slot for slot, column in enumerate(model.bundle.columns) if column.source == "NAME_INCOME_TYPE"]
    found.aligned.states[0, names.index("PAYMENT_RATE")] = DERIVED
    found.aligned.states[1, names.index("AMT_ANNUITY")] = ASSUMED
    found.aligned.states[1, group] = UNSEEN
    assert answer(found, model, yes_or_no, "explanation") == {
        "explanation": {"client n°7": "Yes", "client n°8": "No"},
        "to_review": ["client n°7"],
        "ignored": {"columns": ["PET"], "total": 1},
        "derived": {"columns": ["PAYMENT_RATE"], "total": 1},
        "assumed": {"columns": ["AMT_ANNUITY"], "total": 1},
        "never_seen": {"columns": ["NAME_INCOME_TYPE"], "total": 1},
    }


def test_client_of_whom_too_little_is_known_is_to_review_however_clear_the_number(model: Model) -> None:
    found = clients(model, [0.01, 0.02])
    thin = decide(probability=0.01, threshold=0.16, review_band=0.0, information=0.49)
    assert thin.why_review == (ReviewReason.TOO_LITTLE_KNOWN,)
    document = answer(replace(found, decisions=(thin, found.decisions[1])), model, yes_or_no)
    assert document["prediction"] == {"client n°7": "Yes", "client n°8": "Yes"}
    assert document["to_review"] == ["client n°7"]


@pytest.mark.parametrize("n", [1, 99, 100, 101, 250])
def test_hundred_ignored_names_are_listed_and_all_of_them_counted(model: Model, n: int) -> None:
    names = tuple(f"EXTRA_{place}" for place in range(n))
    document = answer(clients(model, [0.1], unknown=names), model, yes_or_no)
    assert document["ignored"] == {"columns": list(names[:100]), "total": n}


@pytest.mark.parametrize(("length", "shown"), [(119, "x" * 119), (120, "x" * 120), (121, "x" * 120 + "…")])
def test_name_longer_than_120_characters_is_cut(model: Model, length: int, shown: str) -> None:
    document = answer(clients(model, [0.1], unknown=("x" * length,)), model, yes_or_no)
    assert document["ignored"] == {"columns": [shown], "total": 1}
    told = refused(1, column="x" * length)
    assert told["errors"] == [{"row": 1, "column": shown, "message": sentence(1, shown)}]


def test_refusal_of_one_problem_is_its_sentence() -> None:
    assert sentence(1).startswith("Row 1, column AMT_CREDIT: ")
    assert refused(1) == {
        "error": sentence(1),
        "code": "boolean_in_number",
        "errors": [{"row": 1, "column": "AMT_CREDIT", "message": sentence(1)}],
        "total": 1,
    }


@pytest.mark.parametrize(
    ("n", "total", "more"),
    [
        (2, None, "(And 1 more problem, listed in errors.)"),
        (3, None, "(And 2 more problems, the first ones listed in errors.)"),
        (100, None, "(And 99 more problems, the first ones listed in errors.)"),
        (101, 5000, "(And 4,999 more problems, the first ones listed in errors.)"),
    ],
)
def test_refusal_of_many_says_how_many_more_and_lists_a_hundred(n: int, total: int | None, more: str) -> None:
    told = refused(n, total)
    assert told["error"] == f"{sentence(1)} {more}"
    assert told["total"] == (total or n)
    listed = told["errors"]
    assert [each["row"] for each in listed] == list(range(1, min(n, 100) + 1))


def test_refusal_of_the_whole_request_names_no_row_and_no_column() -> None:
    told = refusal(InputRefused([Problem("data_empty")]))
    assert (told["code"], told["total"]) == ("data_empty", 1)
    assert told["errors"] == [{"row": None, "column": None, "message": told["error"]}]


def test_explain_each_a_client_is_that_of_the_screens_key_by_key(model: Model, thousand: Thousand) -> None:
    found = assess(model, thousand.rows[:2], review_band=0.02)
    shown, decision = explain_clients(model, found)[1], found.decisions[1]
    told = explain_each(found, model)(found, 1)
    first = shown.contributions[0]
    assert isinstance(told, dict)
    assert {name: told[name] for name in ("niveau de solvabilité", "seuil", "base", "log_odds")} == {
        "niveau de solvabilité": decision.solvency,
        "seuil": decision.threshold,
        "base": {"log_odds": shown.base_log_odds, "solvency": shown.base_solvency},
        "log_odds": shown.log_odds,
    }
    assert told["contributions"][0] == {
        "column": first.source,
        "log_odds": first.log_odds,
        "points": first.points,
        "value": first.value,
        "state": "given",
    }
    assert {each["state"] for each in told["contributions"]} <= {"given", "derived", "assumed", "missing", "unseen"}
    assert [each.log_odds for each in shown.contributions] == [each["log_odds"] for each in told["contributions"]]
