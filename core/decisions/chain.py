"""The chain of hashes: each entry's hash covers its bytes, in which the hash before stands; and who checks it.

What can be erased is covered by HMAC-SHA256 under a random key of its own (the salt): a bare digest of a six-digit id
could be found by trying them all. Once value and salt are gone the digest tells nothing, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.decisions.entry import AnyBody, DecisionBody, ErasureBody, from_canonical
from core.errors import Problem

GENESIS = "0" * 64
"""Stands for the hash before the first entry."""
SALT_BYTES = 32

FaultKind = Literal[
    "altered", "removed", "reordered", "cut_off", "rewritten", "part_altered", "part_removed", "part_added"
]


@dataclass(frozen=True, slots=True)
class StoredPart:
    """An erasable part as it stands in the journal; salt in hexadecimal."""

    name: str
    salt: str
    value: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it stands in the journal, unchecked: nothing in it is to be trusted.

    copies: what stands beside the body once more, for searches.
    """

    sequence: int
    body: str
    hash: str
    copies: Mapping[str, object] = field(default_factory=dict)
    parts: tuple[StoredPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a journal, as it is kept elsewhere: its sequence, and its hash or how that begins."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was written, and in which way."""

    sequence: int
    kind: FaultKind


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the whole journal found; without a fault every entry is as it was written."""

    entries: int
    erased: int
    head: Head
    fault: Fault | None = None


def hash_of(body: str) -> str:
    """SHA-256 (hex) of a body's canonical text in UTF-8."""
    return hashlib.sha256(body.encode("utf-8", errors="surrogatepass")).hexdigest()


def new_salt() -> str:
    """A random key, in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def part_digest(salt: str, name: str, value: str) -> str:
    """HMAC-SHA256 (hex) under the salt of the part's name, a colon and its value in UTF-8."""
    try:
        key = bytes.fromhex(salt)
    except ValueError:
        return ""
    return hmac.new(key, f"{name}:{value}".encode("utf-8", errors="surrogatepass"), hashlib.sha256).hexdigest()


def copies_of(body: AnyBody) -> dict[str, object]:
    """What the journal holds beside a body for searches."""
    refers = body.answers if isinstance(body, DecisionBody) else getattr(body, "refers", None)
    return {
        "kind": str(body.__struct_config__.tag),
        "time": body.time,
        "who": body.who,
        "token": body.token,
        "outcome": str(body.outcome) if isinstance(body, DecisionBody) else None,
        "departs": body.departs if isinstance(body, DecisionBody) else None,
        "refers": refers,
    }


def verify(entries: Iterable[StoredEntry], head: Head | None = None) -> Verified:
    """Check a journal.

    Parameters
    ----------
    entries: all of them, in the order of their sequence, with the parts that are there.
    head: the last entry as it was kept elsewhere; without it a journal that was cut off at its end, or written anew
        from some entry to its end, cannot be told from a whole one.

    Returns
    -------
    How many entries there are and how many of them are erased, the head, and the first fault. Parts that are missing
        are judged where the chain holds, for an entry says so when they were erased. An entry whose hash was
    altered with it is the fault, not the one after it. One that was written anew with all after it is found by the
    head alone: then the fault is named at the head.
    """
    found = _Check(head)
    for entry in entries:
        found.add(entry)
    return found.result()


def fault_problem(fault: Fault) -> Problem:
    """The problem that names a fault, for people."""
    facts = {"entry": fault.sequence}
    problems = {
        "altered": Problem("journal_altered", facts=facts),
        "removed": Problem("journal_removed", facts=facts),
        "reordered": Problem("journal_reordered", facts=facts),
        "cut_off": Problem("journal_cut_off", facts=facts),
        "rewritten": Problem("journal_rewritten", facts=facts),
        "part_altered": Problem("journal_part_altered", facts=facts),
        "part_removed": Problem("journal_part_removed", facts=facts),
        "part_added": Problem("journal_part_added", facts=facts),
    }
    return problems[fault.kind]


class _Check:
    """Reads entries one by one and keeps what is needed to name the first fault."""

    def __init__(self, head: Head | None) -> None:
        self._head = head
        self._expected = 1
        self._last = GENESIS
        self._faults: list[Fault] = []
        self._lacking: set[int] = set()
        self._present: set[int] = set()
        self._erased: set[int] = set()
        self._broken = False
        self._link: Fault | None = None

    def add(self, entry: StoredEntry) -> None:
        body = self._body(entry)
        if isinstance(body, ErasureBody):
            self._erased |= set(body.entries)
        if self._broken:
            return
        if entry.sequence != self._expected:
            self._fault(self._expected, "removed")
        elif body is None or dict(entry.copies) != copies_of(body):
            self._fault(entry.sequence, "altered")
        elif body.sequence != entry.sequence:
            self._fault(entry.sequence, "reordered")
        else:
            self._check_link(body)
            self._parts(entry, body)
            self._against_head(entry)
            self._expected, self._last = entry.sequence + 1, entry.hash

    def result(self) -> Verified:
        if self._head is not None and not self._broken and self._expected <= self._head.sequence:
            self._faults.append(Fault(self._expected, "cut_off"))
        if self._link is not None:
            self._faults.append(self._link)
        # An entry that says that they were erased may be the one that was altered or cut off.
        if all(fault.kind.startswith("part_") for fault in self._faults):
            self._faults += [Fault(sequence, "part_removed") for sequence in self._lacking - self._erased]
        self._faults += [Fault(sequence, "part_added") for sequence in self._present & self._erased]
        first = min(self._faults, key=lambda fault: fault.sequence, default=None)
        erased = len(self._lacking & self._erased)
        return Verified(self._expected - 1, erased, Head(self._expected - 1, self._last), first)

    def _fault(self, sequence: int, kind: FaultKind) -> None:
        self._faults.append(Fault(sequence, kind))
        self._broken = True

    def _body(self, entry: StoredEntry) -> AnyBody | None:
        """The body, or None where it is not the one that was hashed."""
        if hash_of(entry.body) != entry.hash:
            return None
        try:
            return from_canonical(entry.body)
        except ValueError:
            return None

    def _check_link(self, body: AnyBody) -> None:
        """Where an entry does not follow the one before, that one was altered; or itself, if the next fails too."""
        follows = body.previous == self._last
        if self._link is not None and self._link.sequence == body.sequence - 2:
            if not follows:
                self._link = Fault(body.sequence - 1, "altered")
            self._broken = True
        elif not follows and body.sequence == 1:
            self._fault(1, "altered")
        elif not follows:
            self._link = Fault(body.sequence - 1, "altered")

    def _parts(self, entry: StoredEntry, body: AnyBody) -> None:
        wanted = {} if isinstance(body, ErasureBody) else body.digests
        there = {part.name for part in entry.parts}
        for part in entry.parts:
            if part.name not in wanted:
                self._faults.append(Fault(entry.sequence, "part_added"))
            elif part_digest(part.salt, part.name, part.value) != wanted[part.name]:
                self._faults.append(Fault(entry.sequence, "part_altered"))
        if set(wanted) - there:
            self._lacking.add(entry.sequence)
        if there & set(wanted):
            self._present.add(entry.sequence)

    def _against_head(self, entry: StoredEntry) -> None:
        head = self._head
        if head is not None and entry.sequence == head.sequence and not entry.hash.startswith(head.hash):
            self._faults.append(Fault(entry.sequence, "rewritten"))
