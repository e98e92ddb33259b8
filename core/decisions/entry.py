"""What an entry of the journal holds: a body that is chained, and the parts beside it that can be erased.

The body stands in the journal as its canonical bytes: JSON with sorted names, no spaces, UTF-8. Whoever has the bytes
can check an entry without this program. A body names a client nowhere: the client's id, input, typed words and loan
are parts, and the body holds a salted digest of each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeVar

import msgspec

from core.errors import JournalError, Problem
from core.records import Verdict

FORMAT = 1
"""Of a body. A body of a later format is not read: `journal_newer`."""
Part = Literal["client", "input", "words", "checked", "loan", "letter"]
PARTS: tuple[Part, ...] = ("client", "input", "words", "checked", "loan", "letter")
ContestState = Literal["", "open", "answered"]
"""The state of a refusal: not contested, a contest is open, or all contests are answered."""


class Outcome(StrEnum):
    """What a person decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    GRANTED_OTHERWISE = "granted_otherwise"
    ASKED_FOR_MORE = "asked_for_more"


class LoanOrigin(StrEnum):
    """Where the loan that was decided stands: in the client's file, in a simulation, or in an offer."""

    FILE = "file"
    SIMULATION = "simulation"
    OFFER = "offer"


class Body(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every entry has.

    sequence: 1 for the first entry, without gaps. time: UTC, ISO 8601 with microseconds. token: chosen before the entry
    was sent; the same token is written once. previous: hash of the entry before. who: name of the person who
    decided or erased. identified: True if sign-in confirmed the name.
    """

    format: int = FORMAT
    sequence: int
    time: str
    token: str
    previous: str
    who: str
    identified: bool


class DecisionBody(Body, frozen=True, kw_only=True, tag="decision"):
    """A decision, and the model's answer when it was taken.

    departs: from the recommendation for the loan decided. reason: from the list of reasons, empty where none was given.
    probability, loan_probability: P(default) of the loan asked for, and of the loan decided where it is another one;
    solvency is 1 − P(default). threshold, review_band: on the scale of P(default). bundle: digest of the model.
    reasons: the columns that moved the solvency most, as shown, each with its points of solvency. digests: by part.
    answers: the contest that this decision answers, if any.
    """

    outcome: Outcome
    departs: bool
    reason: str
    recommendation: Verdict
    probability: float
    solvency: float
    threshold: float
    review_band: float
    loan_origin: LoanOrigin
    loan_recommendation: Verdict | None = None
    loan_probability: float | None = None
    loan_solvency: float | None = None
    bundle: str
    version: str
    synthetic: bool
    reasons: tuple[tuple[str, float], ...]
    digests: dict[str, str]
    answers: int | None = None


class ErasureBody(Body, frozen=True, kw_only=True, tag="erasure"):
    """The parts of these entries were erased: at a client's wish, or because of their age."""

    entries: tuple[int, ...]
    cause: Literal["client", "age"]


class LetterBody(Body, frozen=True, kw_only=True, tag="letter"):
    """A letter to a refused client, as it was sent.

    refers: the refusal. specimen: it bears the watermark. reasons: the columns told, strongest first. withheld: those
    of the four strongest that were not told; age_withheld: whether one of them holds the age. share: of all that
    counted against the client, in points of solvency, the share that may be told. digests: by part.
    """

    refers: int
    language: Literal["en", "fr"]
    specimen: bool
    reasons: tuple[str, ...]
    withheld: tuple[str, ...]
    age_withheld: bool
    share: float
    digests: dict[str, str]


class ContestBody(Body, frozen=True, kw_only=True, tag="contest"):
    """A client contests a refusal. refers: the refusal. came_on: the day on which it came, ISO 8601."""

    refers: int
    came_on: str
    digests: dict[str, str]


class ThresholdBody(Body, frozen=True, kw_only=True, tag="threshold"):
    """The acceptance threshold of the model was changed by a command.

    changed_at: when (UTC, ISO 8601); `time` is that of the entry. bundle, bundle_before: digests of the bundle with the
    new threshold, and of the one that it was made of. threshold, threshold_before, review_band: on the scale of
    P(default); the band is the one that was set when the entry was written. because: in the words of `who`. digests:
    none, for no part of it can be erased.
    """

    changed_at: str
    bundle: str
    bundle_before: str
    threshold: float
    threshold_before: float
    review_band: float
    because: str
    version: str
    digests: dict[str, str]


SomeBody = TypeVar("SomeBody", bound="Body")
AnyBody = DecisionBody | ErasureBody | LetterBody | ContestBody | ThresholdBody


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision as it stands in the journal.

    parts: those that are there, by name. erased_on: when the others were erased (UTC), or None. letters: how many were
    sent. contest: whether it is contested.
    """

    body: DecisionBody
    hash: str
    parts: Mapping[str, str] = field(default_factory=dict)
    erased_on: datetime | None = None
    letters: int = 0
    contest: ContestState = ""

    @property
    def client(self) -> str:
        """The client's id; empty once it is erased."""
        return self.parts.get("client", "")

    @property
    def when(self) -> datetime:
        """When it was decided (UTC)."""
        return datetime.fromisoformat(self.body.time)

    @property
    def loan(self) -> dict[str, float]:
        """Amounts of the loan decided, by column of the data set; empty once they are erased."""
        found: dict[str, float] = json.loads(self.parts.get("loan", "{}"))
        return found


def to_canonical(body: AnyBody) -> str:
    """The text whose UTF-8 bytes are hashed; floats in their shortest form that reads back equal."""
    return json.dumps(
        msgspec.to_builtins(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def from_canonical(text: str) -> AnyBody:
    """The body that was written. Raises ValueError where the text is no body of this format."""
    try:
        body: AnyBody = msgspec.json.decode(text.encode("utf-8", errors="surrogatepass"), type=AnyBody)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ValueError("not a body") from error
    return body


def read_body(text: str, kind: type[SomeBody]) -> SomeBody:
    """The body of a stored entry of this kind. Raises JournalError where it is none: `verify` names the entry."""
    try:
        body = from_canonical(text)
    except ValueError:
        raise JournalError(Problem("journal_damaged")) from None
    if not isinstance(body, kind):
        raise JournalError(Problem("journal_damaged"))
    return body
