"""The journal: decisions are added one after the other and never changed; what names a person can be erased."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import URL, Connection, delete

from core.decisions import reading
from core.decisions.chain import GENESIS, Head, Verified, new_salt, verify
from core.decisions.chain_watch import ChainWatch
from core.decisions.database import IN_MEMORY, Database, address_of
from core.decisions.draft import Draft
from core.decisions.entry import DecisionBody, Entry, ErasureBody, Outcome
from core.decisions.reading import Filter, Page
from core.decisions.tables import parts
from core.decisions.writing import add, now, timestamp
from core.settings import VERSION, Settings

log = logging.getLogger("aval.journal")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry that is on the disk.

    others: decisions on the same client that were not on the screen when this one was taken. again: it had been
    written before, by the same token.
    """

    entry: Entry
    others: tuple[Entry, ...]
    again: bool


class Journal:
    """The journal at one address; safe to share among threads, and with other processes."""

    def __init__(self, address: URL | str = IN_MEMORY) -> None:
        """Open nothing yet. address: of SQLite or PostgreSQL; by default one in memory, which ends with this object."""
        self.database = Database(address)
        self.chain = ChainWatch(self.verify, self.head)

    def append(self, draft: Draft) -> Recorded:
        """Write one decision; when this returns it is on the disk.

        Raises JournalError: nothing is known to be saved. The same draft may be sent again: it is written once.
        """
        client = draft.parts["client"]
        with self.database.writing() as connection:
            before = reading.by_token(connection, draft.chosen.token)
            if before is None:
                add(connection, draft.parts, lambda head, digests: _decision(draft, head, digests))
            entry = before or reading.by_token(connection, draft.chosen.token)
            assert entry is not None
            others = tuple(
                each
                for each in reading.of_client(connection, client)
                if draft.chosen.seen < each.body.sequence < entry.body.sequence
            )
        if before is None:
            # The log is elsewhere: whoever cuts the journal off would have to cut it too.
            log.info("decision recorded as entry %s:%s", entry.body.sequence, entry.hash)
        return Recorded(entry, others, before is not None)

    def of_client(self, client: str) -> tuple[Entry, ...]:
        """The decisions on a client, the first one first. Raises JournalError."""
        with self.database.reading() as connection:
            return reading.of_client(connection, client) if connection is not None else ()

    def decisions_on(self, clients: Sequence[str], *, after: int = 0) -> list[tuple[str, DecisionBody, str]]:
        """The decisions on any of these clients later than an entry, the first one first. Raises JournalError.

        Each as client, decision, and salt of the row that was decided on.
        """
        with self.database.reading() as connection:
            return reading.decisions_on(connection, clients, after) if connection is not None else []

    def entry(self, sequence: int) -> Entry | None:
        """One decision; None where this entry is none. Raises JournalError."""
        with self.database.reading() as connection:
            return reading.by_sequence(connection, sequence) if connection is not None else None

    def search(self, wanted: Filter, *, limit: int, offset: int = 0) -> Page:
        """Decisions that fit, the newest first, and how many there are in all. Raises JournalError."""
        with self.database.reading() as connection:
            if connection is None:
                return Page((), 0, ())
            return reading.search(connection, wanted, limit=limit, offset=offset)

    def last_unchecked_name(self) -> str:
        """The name under which somebody decided last whom nobody had signed in; empty where nobody did."""
        with self.database.reading() as connection:
            return reading.last_unchecked_name(connection) if connection is not None else ""

    def head(self) -> Head:
        """The last entry; sequence 0 where there is none. Raises JournalError."""
        with self.database.reading() as connection:
            return reading.head(connection) if connection is not None else Head(0, GENESIS)

    def verify(self, head: Head | None = None) -> Verified:
        """Check every entry and part. head: the last entry as it was kept elsewhere. Raises JournalError."""
        with self.database.reading() as connection:
            return verify(reading.stored(connection) if connection is not None else (), head)

    def erase(self, client: str, *, who: str, identified: bool = False) -> int:
        """Erase what names this client, in all entries; an entry says that it was done. Returns how many entries.

        Raises JournalError.
        """
        with self.database.writing() as connection:
            found = reading.sequences_of_client(connection, client)
            _erase(connection, found, who, identified, "client")
        self.database.vacuum()
        return len(found)

    def purge(self, older_than: timedelta, *, who: str, identified: bool = False) -> int:
        """Erase what names a client in every entry of this age; returns how many entries. Raises JournalError."""
        until = timestamp(datetime.now(UTC) - older_than)
        with self.database.writing() as connection:
            found = reading.sequences_until(connection, until)
            _erase(connection, found, who, identified, "age")
        self.database.vacuum()
        return len(found)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()


def open_journal(settings: Settings) -> Journal:
    """The journal that the settings name. Raises SettingError."""
    return Journal(address_of(settings.database_url, settings.data_folder))


def _decision(draft: Draft, head: Head, digests: dict[str, str]) -> DecisionBody:
    chosen, asked, decided = draft.chosen, draft.asked, draft.decided
    otherwise = chosen.outcome is Outcome.GRANTED_OTHERWISE
    return DecisionBody(
        sequence=head.sequence + 1,
        time=now(),
        token=chosen.token,
        previous=head.hash,
        who=chosen.who.strip(),
        identified=chosen.identified,
        outcome=chosen.outcome,
        departs=draft.departs,
        reason=chosen.reason,
        recommendation=asked.verdict,
        probability=asked.probability,
        solvency=asked.solvency,
        threshold=asked.threshold,
        review_band=draft.review_band,
        loan_origin=chosen.loan_origin,
        loan_recommendation=decided.verdict if otherwise else None,
        loan_probability=decided.probability if otherwise else None,
        loan_solvency=decided.solvency if otherwise else None,
        bundle=draft.bundle,
        version=VERSION,
        synthetic=draft.synthetic,
        reasons=draft.reasons,
        digests=digests,
        answers=chosen.answers or None,
    )


def _erase(
    connection: Connection, sequences: Sequence[int], who: str, identified: bool, cause: Literal["client", "age"]
) -> None:
    """Delete the parts of these entries, and add the entry that says so."""
    if not sequences:
        return

    def erasure(head: Head, _: dict[str, str]) -> ErasureBody:
        return ErasureBody(
            sequence=head.sequence + 1,
            time=now(),
            token=new_salt(),
            previous=head.hash,
            who=who,
            identified=identified,
            entries=tuple(sequences),
            cause=cause,
        )

    for start in range(0, len(sequences), CHUNK):
        connection.execute(delete(parts).where(parts.c.sequence.in_(sequences[start : start + CHUNK])))
    add(connection, {}, erasure)
