"""Changes of the acceptance threshold: an entry of the journal each, written with its bundle or not at all."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.decisions.chain import Head
from core.decisions.entry import ThresholdBody, read_body
from core.decisions.journal import Journal
from core.decisions.tables import entries
from core.decisions.writing import add, now
from core.model.bundle_files import Publish
from core.model.set_threshold import Changed
from core.settings import VERSION

log = logging.getLogger("aval.journal")
IS_CHANGE = entries.c.kind == "threshold"


@dataclass(frozen=True, slots=True)
class ThresholdEntry:
    """A change of the threshold as it stands in the journal."""

    body: ThresholdBody
    hash: str

    @property
    def when(self) -> datetime:
        """When the threshold was changed (UTC)."""
        return datetime.fromisoformat(self.body.changed_at)

    @property
    def head(self) -> Head:
        """The entry as a head that can be kept elsewhere."""
        return Head(self.body.sequence, self.hash)


def record_threshold(
    journal: Journal, changed: Changed, *, review_band: float, publish: Publish = lambda: None
) -> ThresholdEntry:
    """Write a change of the threshold into the journal, once; when this returns it is on the disk.

    Parameters
    ----------
    review_band: that is set, on P(default). publish: puts the new bundle in its place. It is called once the entry is
        written and before it is committed: if either fails, neither stays.

    Raises JournalError: nothing is known to be saved; and what `publish` raises.
    """
    with journal.database.writing() as connection:
        before = _by_bundle(connection, changed.digest)
        if before is None:
            add(connection, {}, lambda head, digests: _body(changed, review_band, head, digests))
        written = before or _by_bundle(connection, changed.digest)
        assert written is not None
        publish()
    if before is None:
        # The log is elsewhere: whoever cuts the journal off would have to cut it too.
        log.info("change of the threshold recorded as entry %s", written.head)
    return written


def missing_changes(journal: Journal, changes: Sequence[Changed]) -> tuple[Changed, ...]:
    """Those of a bundle's changes that the journal lacks. Raises JournalError."""
    there = {each.body.bundle for each in threshold_changes(journal)} if changes else set()
    return tuple(each for each in changes if each.digest not in there)


def record_missing(journal: Journal, changes: Sequence[Changed], *, review_band: float) -> tuple[ThresholdEntry, ...]:
    """Write those of a bundle's changes that the journal lacks; returns their entries. Raises JournalError."""
    missing = missing_changes(journal, changes)
    return tuple(record_threshold(journal, each, review_band=review_band) for each in missing)


def threshold_changes(journal: Journal) -> tuple[ThresholdEntry, ...]:
    """The changes of the threshold, the newest entry first. Raises JournalError."""
    with journal.database.reading() as connection:
        if connection is None:
            return ()
        found = select(entries.c.body, entries.c.hash).where(IS_CHANGE).order_by(entries.c.sequence.desc())
        rows = connection.execute(found).all()
        return tuple(_entry(row.body, row.hash) for row in rows)


def _by_bundle(connection: Connection, digest: str) -> ThresholdEntry | None:
    found = connection.execute(
        select(entries.c.body, entries.c.hash).where(IS_CHANGE, entries.c.token == digest)
    ).first()
    return None if found is None else _entry(found.body, found.hash)


def _entry(text: str, hash: str) -> ThresholdEntry:
    return ThresholdEntry(read_body(text, ThresholdBody), hash)


def _body(changed: Changed, review_band: float, head: Head, digests: dict[str, str]) -> ThresholdBody:
    change = changed.change
    return ThresholdBody(
        sequence=head.sequence + 1,
        time=now(),
        # A bundle comes out of one change, so that the change is written once.
        token=changed.digest,
        previous=head.hash,
        who=change.who,
        identified=False,
        changed_at=change.when,
        bundle=changed.digest,
        bundle_before=changed.digest_before,
        threshold=change.after,
        threshold_before=change.before,
        review_band=review_band,
        because=change.because,
        version=VERSION,
        digests=digests,
    )
