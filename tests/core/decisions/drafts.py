"""Decisions typed by hand, as a screen would send them, without a model."""

from __future__ import annotations

import secrets
from typing import Any

from core.decisions.draft import Chosen, Draft
from core.decisions.entry import LoanOrigin, Outcome, Part
from core.records import Decision, Verdict

DIGEST = "ab" * 32


def answer(probability: float = 0.12, verdict: Verdict = Verdict.FAVOURABLE) -> Decision:
    """An answer of a model with the threshold 0.16."""
    return Decision(probability=probability, threshold=0.16, refused=probability > 0.16, verdict=verdict, why_review=())


def chosen(outcome: Outcome = Outcome.GRANTED, **changes: Any) -> Chosen:
    """What Camille Roux chose; everything else can be given."""
    return Chosen(**{"outcome": outcome, "who": "Camille Roux", "token": secrets.token_hex(16), **changes})


def draft(
    client: str = "100001", *, words: str = "payslips seen", input: str = '{"AMT_CREDIT": 1.0}', **changes: Any
) -> Draft:
    """A decision on a client that may be written."""
    taken: Chosen = chosen(**{"words": words, **changes})
    otherwise = taken.outcome is Outcome.GRANTED_OTHERWISE
    parts: dict[Part, str] = {"client": client, "input": input, "words": words, "loan": '{"AMT_CREDIT": 250000.0}'}
    return Draft(
        chosen=taken,
        asked=answer(),
        decided=answer(0.1) if otherwise else answer(),
        review_band=0.02,
        departs=taken.outcome is Outcome.REFUSED,
        bundle=DIGEST,
        synthetic=True,
        reasons=(("EXT_SOURCE_2", 4.25), ("AMT_CREDIT", -1.5)),
        parts={name: text for name, text in parts.items() if text},
    )


def otherwise(client: str = "100001", **changes: Any) -> Draft:
    """Another loan granted, out of a simulation."""
    loan = {"AMT_CREDIT": 200000.0}
    return draft(client, outcome=Outcome.GRANTED_OTHERWISE, loan=loan, loan_origin=LoanOrigin.SIMULATION, **changes)
