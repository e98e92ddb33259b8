"""Everything that can be refused, and how it is said.

ScoringError
├── SettingError        a setting of the environment is missing or malformed
├── BundleError         the model's folder is damaged, or not what it says it is
├── NotExplained        the model scores, but its answers cannot be taken apart column by column
├── UnknownClient       an id that is not among the loaded clients
├── JournalError        the journal of decisions cannot be read or written; nothing was saved
└── InputRefused        what somebody sent cannot be scored; holds one or more Problems
    ├── UnreadableInput     not JSON, not a table, wrong encoding, nested too deep
    ├── UnsupportedType     another kind of file or content type
    ├── TooLarge            over the byte limit or the row limit
    ├── TooSlow             the bytes did not come in time
    ├── KeyRefused          a program without a key, or with one that is not known
    └── Busy                as much is under way as may be; the same again later is answered

An error takes facts (names, numbers of rows), never a sentence: the sentences stand in
`assets/translations`, one file a language, under `problem.<code>`. No fact is ever a cell's value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Fact = str | int
KEPT_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was sent: a stable code, where it is, and the names a sentence needs.

    row: position of the client in what was sent, the first is 1; None when the whole is meant.
    column: the column's name as it was sent; None when the row, or the whole, is meant.
    """

    code: str
    row: int | None = None
    column: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


class ScoringError(Exception):
    """Root of all that this package raises on purpose."""


class SettingError(ScoringError):
    """A setting cannot be used: its name, and what it must be."""

    def __init__(self, name: str, must_be: str) -> None:
        super().__init__(f"{name}: {must_be}.")
        self.name = name


class BundleError(ScoringError):
    """The model's folder cannot be served: the folder's name, and each thing that was found wrong."""

    def __init__(self, folder: str, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"The model in {folder} cannot be used: {'; '.join(self.findings)}.")


class NotExplained(ScoringError):
    """The model's answers cannot be taken apart column by column: why not."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This model's answers cannot be explained column by column: {reason}.")
        self.reason = reason


class UnknownClient(ScoringError):
    """An id that is not among the loaded clients."""

    def __init__(self, client: str) -> None:
        super().__init__("This client is not among the loaded clients.")
        self.client = client


class JournalError(ScoringError):
    """The journal of decisions cannot be read or written, and nothing was saved: the Problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class InputRefused(ScoringError):
    """What was sent cannot be scored.

    problems: the first of them, as many as the reader kept; total: how many there are in all.
    """

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        self.problems = tuple(problems)
        self.total = len(self.problems) if total is None else total
        super().__init__(", ".join(sorted({problem.code for problem in self.problems})))

    @property
    def code(self) -> str:
        """The stable word of the first problem; it names the whole refusal."""
        return self.problems[0].code


class UnreadableInput(InputRefused):
    """The bytes are not what they should be: not JSON, not a table, wrong encoding, too deep."""


class UnsupportedType(InputRefused):
    """Another kind of file, or another content type, than can be read."""


class TooLarge(InputRefused):
    """More bytes or more rows than the setting allows."""


class TooSlow(InputRefused):
    """The bytes did not come in time."""


class KeyRefused(InputRefused):
    """The key is absent, or not one of those known."""


class Busy(InputRefused):
    """As much is under way as may be."""


class Refusals:
    """Collects what is wrong: keeps the first KEPT_PROBLEMS and the first of every row, counts them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.total = 0
        self.rows: set[int] = set()
        self.places: set[tuple[int, str | None]] = set()

    def add(self, code: str, row: int, column: str | None = None, **facts: str | int) -> None:
        """Notes one problem of the row at this position (first is 1)."""
        self.total += 1
        self.places.add((row, column))
        if len(self.problems) < KEPT_PROBLEMS or row not in self.rows:
            self.problems.append(Problem(code, row, column, facts))
        self.rows.add(row)
