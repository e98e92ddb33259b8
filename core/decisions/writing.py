"""Adds an entry to the journal's rows on a connection that the caller has opened to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from core.decisions import reading
from core.decisions.chain import Head, copies_of, hash_of, new_salt, part_digest
from core.decisions.entry import AnyBody, Part, to_canonical
from core.decisions.tables import entries, parts


def add(connection: Connection, texts: Mapping[Part, str], make: Callable[[Head, dict[str, str]], AnyBody]) -> AnyBody:
    """Add one entry after the last.

    Parameters
    ----------
    texts: its parts by name, those that can be erased. make: the body that follows this head, with a digest of each
        part.
    """
    salts = {name: new_salt() for name in texts}
    body = make(reading.head(connection), {name: part_digest(salts[name], name, text) for name, text in texts.items()})
    written = to_canonical(body)
    row = {"sequence": body.sequence, "body": written, "hash": hash_of(written), **copies_of(body)}
    connection.execute(insert(entries), row)
    rows = [
        {"sequence": body.sequence, "name": name, "salt": salts[name], "value": text} for name, text in texts.items()
    ]
    if rows:
        connection.execute(insert(parts), rows)
    return body


def timestamp(when: datetime) -> str:
    """A time as entries hold it: UTC, always with microseconds, so that text sorts as time does."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def now() -> str:
    """This moment, as entries hold it."""
    return timestamp(datetime.now(UTC))
