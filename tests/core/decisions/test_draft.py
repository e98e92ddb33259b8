"""What a decision needs before it is written: a reason where it departs, a check of what cannot be right, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from core.decisions.draft import Draft, decode_input, departs, encode_input, make_draft
from core.decisions.entry import LoanOrigin, Outcome
from core.errors import InputRefused
from core.records import Verdict
from core.scoring.assess import Model, assess
from tests.core.conftest import Thousand
from tests.core.decisions.drafts import chosen

BAND = 0.02
DEPARTING = [
    (Outcome.GRANTED, Verdict.UNFAVOURABLE),
    (Outcome.GRANTED_OTHERWISE, Verdict.UNFAVOURABLE),
    (Outcome.REFUSED, Verdict.FAVOURABLE),
]


def row_with(thousand: Thousand, verdict: Verdict) -> dict[str, object]:
    """The first client with this verdict."""
    return thousand.rows[[each.verdict for each in thousand.found.decisions].index(verdict)]


def made(model: Model, row: Mapping[str, object], outcome: Outcome = Outcome.GRANTED, **typed: Any) -> Draft:
    return make_draft(model, row, chosen(outcome, **typed), review_band=BAND, synthetic=True)


def refused(model: Model, row: Mapping[str, object], outcome: Outcome = Outcome.GRANTED, **typed: Any) -> list[str]:
    with pytest.raises(InputRefused) as raised:
        made(model, row, outcome, **typed)
    return [problem.code for problem in raised.value.problems]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("verdict", Verdict)
def test_only_against_the_recommendation_is_a_departure(outcome: Outcome, verdict: Verdict) -> None:
    assert departs(outcome, verdict) is ((outcome, verdict) in DEPARTING)


def test_a_decision_that_follows_the_recommendation_needs_no_word(model: Model, thousand: Thousand) -> None:
    row = row_with(thousand, Verdict.FAVOURABLE)
    draft = made(model, row)
    expected = assess(model, [row], review_band=BAND)
    assert (draft.asked, draft.decided, draft.departs) == (expected.decisions[0], expected.decisions[0], False)
    assert draft.bundle == model.bundle.digest
    assert draft.parts["client"] == str(expected.aligned.ids[0])
    assert set(draft.parts) == {"client", "input", "loan"}
    assert 1 <= len(draft.reasons) <= 6


@pytest.mark.parametrize(("outcome", "verdict"), [(each[0], each[1]) for each in DEPARTING[::2]])
def test_a_departure_needs_a_reason_and_words(
    model: Model, thousand: Thousand, outcome: Outcome, verdict: Verdict
) -> None:
    row = row_with(thousand, verdict)
    assert refused(model, row, outcome) == ["decision_without_reason"]
    assert refused(model, row, outcome, reason="policy") == ["decision_without_reason"]
    assert refused(model, row, outcome, words=" \n ", reason="policy") == ["decision_without_reason"]
    assert made(model, row, outcome, words="a cousin stands surety", reason="guarantee").departs


def test_a_file_with_an_impossible_value_is_not_granted_before_somebody_says_what_was_checked(
    model: Model, thousand: Thousand
) -> None:
    row = {**row_with(thousand, Verdict.FAVOURABLE), "EXT_SOURCE_2": 6.2}
    typed: dict[str, Any] = {"reason": "other", "words": "as agreed"}
    assert refused(model, row, **typed) == ["decision_impossible"]
    assert refused(model, row, checked="  ", **typed) == ["decision_impossible"]
    assert made(model, row, checked="the score on paper says 0.62", **typed).parts["checked"].startswith("the score")
    assert made(model, row, Outcome.REFUSED, **typed).parts["words"] == "as agreed"
    assert made(model, row, Outcome.ASKED_FOR_MORE).departs is False


def test_another_loan_is_the_one_that_is_scored_and_recorded(model: Model, thousand: Thousand) -> None:
    row = row_with(thousand, Verdict.UNFAVOURABLE)
    loan = {"AMT_CREDIT": 45000.0, "AMT_ANNUITY": 4500.0}
    typed = {"reason": "guarantee", "words": "a smaller loan"}
    assert "decision_without_loan" in refused(model, row, Outcome.GRANTED_OTHERWISE, **typed)
    draft = made(model, row, Outcome.GRANTED_OTHERWISE, loan=loan, loan_origin=LoanOrigin.OFFER, **typed)
    assert draft.asked.probability != draft.decided.probability
    assert decode_input(draft.parts["loan"])["AMT_CREDIT"] == 45000.0
    assert decode_input(draft.parts["input"])["AMT_CREDIT"] == row["AMT_CREDIT"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"words": "w" * 100_000}, "decision_words_long"),
        ({"checked": "w" * 2001}, "decision_words_long"),
        ({"words": "a bell\x07"}, "decision_words_signs"),
        ({"words": "nothing\x00"}, "decision_words_signs"),
        ({"words": "turned \u202e round"}, "decision_words_signs"),
        ({"checked": "half a sign \ud800"}, "decision_words_signs"),
        ({"who": "  "}, "decision_without_name"),
        ({"who": "n" * 121}, "decision_name"),
        ({"who": "two\nlines"}, "decision_name"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(
    model: Model, thousand: Thousand, typed: dict[str, Any], code: str
) -> None:
    assert refused(model, row_with(thousand, Verdict.FAVOURABLE), **typed) == [code]


def test_words_of_any_language_are_kept_as_they_were_typed(model: Model, thousand: Thousand) -> None:
    words = "Élève n° 7 — 家族の保証\n\tsecond line: 3 < 4 & \"quoted\" 'so' 👩‍👧"
    assert made(model, row_with(thousand, Verdict.FAVOURABLE), words=f"  {words}\r\n").parts["words"] == words


@pytest.mark.parametrize("cell", [1, 1.5, "1 234,5", None, True, "", "é\u2028", -0.0, 1e-320, 2**60, float("inf")])
def test_every_kind_of_cell_reads_back_equal(cell: object) -> None:
    found = decode_input(encode_input({"AMT_CREDIT": cell}))["AMT_CREDIT"]
    assert (found, type(found)) == (cell, type(cell))
    assert decode_input(encode_input({"A": float("nan")}))["A"] != 0


def test_a_row_is_written_the_same_in_every_version_for_its_digest_is_compared_later() -> None:
    row: dict[str, object] = {"NAME_INCOME_TYPE": "Salarié", "AMT_CREDIT": 450000.0, "OWN_CAR_AGE": float("nan")}
    assert encode_input(row) == '{"NAME_INCOME_TYPE": "Salari\\u00e9", "AMT_CREDIT": 450000.0, "OWN_CAR_AGE": NaN}'
