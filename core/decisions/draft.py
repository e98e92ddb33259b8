"""A decision before it is written: what was chosen and typed, checked, with the model's answer to it."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.alignment.parsers import raw_value
from core.decisions.entry import LoanOrigin, Outcome, Part
from core.errors import InputRefused, NotExplained, Problem
from core.records import Assessments, Decision, ReviewReason, Row, Verdict
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.explanation import reasons
from core.what_if.simulation import LOAN, with_cells

MAX_WORDS = 2000
"""Characters of the words that explain a decision, and of those on what was checked."""
MAX_NAME = 120
REVOLVING = "Revolving loans"
"""The NAME_CONTRACT_TYPE of a credit that is drawn on and repaid again and again."""
GRANTS = frozenset({Outcome.GRANTED, Outcome.GRANTED_OTHERWISE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a person chose and typed.

    reason: from the list; words: that explain it. checked: what was checked, and how, of a value that cannot be right.
    loan: amounts by column of LOAN where the loan is another than the one asked for. seen: the last entry of this
    client that was on the screen. token: made when the form was opened; what is sent twice is written once.
    answers: the contest that this decision answers, 0 for none.
    """

    outcome: Outcome
    reason: str = ""
    words: str = ""
    checked: str = ""
    loan: Mapping[str, float] = field(default_factory=dict)
    loan_origin: LoanOrigin = LoanOrigin.FILE
    who: str
    identified: bool = False
    seen: int = 0
    token: str
    answers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision that may be written: what was chosen, the model's answer to it, and the parts that can be erased.

    asked, decided: the answer to the loan asked for, and to the one decided, which are the same record unless another
    loan is granted. reasons: the columns shown, each with its points of solvency.
    """

    chosen: Chosen
    asked: Decision
    decided: Decision
    review_band: float
    departs: bool
    bundle: str
    synthetic: bool
    reasons: tuple[tuple[str, float], ...]
    parts: Mapping[Part, str]


def make_draft(model: Model, row: Row, chosen: Chosen, *, review_band: float, synthetic: bool) -> Draft:
    """The decision on one client, checked.

    Parameters
    ----------
    row: the client as sent. review_band: on the scale of P(default).

    Raises
    ------
    InputRefused: the client cannot be scored, or the decision lacks what it needs, one Problem for each thing.
    """
    stored = encode_input(row)
    row = decode_input(stored)
    found = assess(model, [row], review_band=review_band)
    decided = found
    if chosen.outcome is Outcome.GRANTED_OTHERWISE and chosen.loan:
        decided = assess(model, [with_loan(row, chosen.loan)], review_band=review_band)
    departing = departs(chosen.outcome, decided.decisions[0].verdict)
    problems = tuple(_problems(chosen, found.decisions[0], decided.decisions[0], departing))
    if problems:
        raise InputRefused(problems)
    loan = loan_of(row) | (dict(chosen.loan) if chosen.outcome is Outcome.GRANTED_OTHERWISE else {})
    texts: dict[Part, str] = {
        "client": str(found.aligned.ids[0]),
        "input": stored,
        "words": tidy(chosen.words),
        "checked": tidy(chosen.checked),
        "loan": json.dumps(loan, sort_keys=True),
    }
    return Draft(
        chosen=chosen,
        asked=found.decisions[0],
        decided=decided.decisions[0],
        review_band=review_band,
        departs=departing,
        bundle=model.bundle.digest,
        synthetic=synthetic,
        reasons=reasons_shown(model, decided),
        parts={name: text for name, text in texts.items() if text},
    )


def departs(outcome: Outcome, recommendation: Verdict) -> bool:
    """Whether a decision goes against the recommendation for its loan.

    Granted against an unfavourable opinion, or refused against a favourable one. *To review* recommends neither, and
    asking for more decides nothing yet.
    """
    if outcome in GRANTS:
        return recommendation is Verdict.UNFAVOURABLE
    return outcome is Outcome.REFUSED and recommendation is Verdict.FAVOURABLE


def loan_of(row: Row) -> dict[str, float]:
    """The loan that a client's file asks for: amounts by column, those that it says."""
    cells = {column: raw_value(row, column) for column in LOAN}
    return {column: cell for column, cell in cells.items() if isinstance(cell, float) and math.isfinite(cell)}


def is_revolving(row: Row) -> bool:
    """Whether a client's file asks for a revolving credit."""
    return raw_value(row, "NAME_CONTRACT_TYPE") == REVOLVING


def with_loan(row: Row, loan: Mapping[str, float]) -> dict[str, object]:
    """The client's row with this loan in place of the one asked for; the same row where they are equal."""
    asked = loan_of(row)
    return with_cells(row, {column: amount for column, amount in loan.items() if asked.get(column) != amount})


def reasons_shown(model: Model, found: Assessments) -> tuple[tuple[str, float], ...]:
    """The columns that raise and lower one client's solvency most, each with its points, as the screen shows them."""
    try:
        shown = reasons(explain_clients(model, found)[0])
    except NotExplained:
        return ()
    return tuple((each.source, each.points) for each in (*shown.raising, *shown.lowering))


def encode_input(row: Row) -> str:
    """A client's row as JSON that reads back to equal cells: NaN as Python writes it, a date as text."""
    return json.dumps(dict(row), default=_plain, ensure_ascii=True)


def decode_input(text: str) -> dict[str, Any]:
    """The row that `encode_input` wrote."""
    row: dict[str, Any] = json.loads(text)
    return row


def _plain(cell: Any) -> object:
    """A cell that JSON has no kind for: NumPy's numbers as numbers, everything else as its text."""
    return cell.item() if hasattr(cell, "item") else str(cell)


def _problems(chosen: Chosen, asked: Decision, decided: Decision, departing: bool) -> Iterator[Problem]:
    words, checked = tidy(chosen.words), tidy(chosen.checked)
    for text in (words, checked):
        if len(text) > MAX_WORDS:
            yield Problem("decision_words_long", facts={"limit": MAX_WORDS})
    if not all(is_writable(text) for text in (words, checked, chosen.reason)):
        yield Problem("decision_words_signs")
    yield from name_problems(chosen.who)
    if departing and not (chosen.reason and words):
        yield Problem("decision_without_reason")
    elif chosen.answers and not (chosen.reason and words):
        yield Problem("contest_without_reason")
    if chosen.outcome is Outcome.GRANTED_OTHERWISE and not chosen.loan:
        yield Problem("decision_without_loan")
    impossible = {ReviewReason.IMPOSSIBLE_VALUE} & {*asked.why_review, *decided.why_review}
    if chosen.outcome in GRANTS and impossible and not checked:
        yield Problem("decision_impossible")


def name_problems(name: str) -> Iterator[Problem]:
    """The problems of the author's name."""
    name = name.strip()
    if not name:
        yield Problem("decision_without_name")
    elif len(name) > MAX_NAME or not is_writable(name) or "\n" in name:
        yield Problem("decision_name", facts={"limit": MAX_NAME})


def is_writable(text: str) -> bool:
    """Whether a text holds only signs that a person reads.

    Refused are control signs but line ends and tabs, and turns of direction, which make a text look like another one.
    """
    return not any(
        (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t")
        or "\u202a" <= sign <= "\u202e"
        or "\u2066" <= sign <= "\u2069"
        for sign in text
    )


def tidy(text: str) -> str:
    """A typed text with one kind of line end, without blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
