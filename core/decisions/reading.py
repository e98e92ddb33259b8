"""Reads the journal's rows on a connection that the caller has opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from core.decisions.chain import GENESIS, Head, StoredEntry, StoredPart
from core.decisions.entry import DecisionBody, Entry, ErasureBody, Outcome, from_canonical, read_body
from core.decisions.references import contest_states, is_contested, numbers_of_letters, parts_of
from core.decisions.tables import IS_CLIENT, entries, parts

STREAMED = 200
CLIENTS_A_QUERY = 10_000
LARGEST_SEQUENCE = 2**63 - 1
"""What a database's whole numbers end at: it refuses to look for more."""
"""Ids in one query; SQLite takes 32,766 values and PostgreSQL 65,535."""
DECISION = entries.c.kind == "decision"
REFUSALS = entries.alias("refusals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which decisions are wanted; what is empty or None leaves all.

    since, until: days in UTC, both included. contested: those of which a contest waits for its answer.
    """

    client: str = ""
    who: str = ""
    outcome: Outcome | None = None
    departs: bool | None = None
    since: date | None = None
    until: date | None = None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Departures:
    """How many decisions one person took, and how many of them depart from the recommendation."""

    who: str
    decisions: int
    departing: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the decisions that fit, the newest first; total: how many fit; by_who: of all that fit."""

    entries: tuple[Entry, ...]
    total: int
    by_who: tuple[Departures, ...]


def head(connection: Connection) -> Head:
    """The last entry."""
    found = connection.execute(
        select(entries.c.sequence, entries.c.hash).order_by(entries.c.sequence.desc()).limit(1)
    ).first()
    return Head(0, GENESIS) if found is None else Head(found.sequence, found.hash)


def by_token(connection: Connection, token: str) -> Entry | None:
    """The decision that was sent with this token."""
    return _first(_entries(connection, _decisions().where(entries.c.token == token)))


def by_sequence(connection: Connection, sequence: int) -> Entry | None:
    """The decision with this sequence."""
    if sequence > LARGEST_SEQUENCE:
        return None
    return _first(_entries(connection, _decisions().where(entries.c.sequence == sequence)))


def of_client(connection: Connection, client: str) -> tuple[Entry, ...]:
    """The decisions on a client, the first one first."""
    return _entries(connection, _decisions().where(_is_of(client)).order_by(entries.c.sequence))


def decisions_on(connection: Connection, clients: Sequence[str], after: int) -> list[tuple[str, DecisionBody, str]]:
    """The decisions on any of these clients later than an entry, the first one first; none of an erased client.

    Each as client, decision, and salt of the row that was decided on.
    """
    found: list[tuple[str, DecisionBody, str]] = []
    inputs = parts.alias()
    for start in range(0, len(clients), CLIENTS_A_QUERY):
        chunk = clients[start : start + CLIENTS_A_QUERY]
        named = select(parts.c.sequence, parts.c.value).where(IS_CLIENT, parts.c.value.in_(chunk)).subquery()
        rows = connection.execute(
            select(entries.c.body, named.c.value, inputs.c.salt)
            .join(named, named.c.sequence == entries.c.sequence)
            .join(inputs, and_(inputs.c.sequence == entries.c.sequence, inputs.c.name == "input"))
            .where(DECISION, entries.c.sequence > after)
        )
        found += [(client, read_body(text, DecisionBody), salt) for text, client, salt in rows]
    return sorted(found, key=lambda each: each[1].sequence)


def search(connection: Connection, wanted: Filter, *, limit: int, offset: int) -> Page:
    """The decisions that fit, the newest first."""
    fits = and_(*_conditions(wanted))
    departing = func.sum(case((entries.c.departs.is_(True), 1), else_=0))
    counts = connection.execute(
        select(entries.c.who, func.count(), departing).where(fits).group_by(entries.c.who).order_by(entries.c.who)
    ).all()
    by_who = tuple(Departures(who, int(n), int(departed)) for who, n, departed in counts)
    found = _decisions().where(fits).order_by(entries.c.sequence.desc()).limit(limit).offset(offset)
    return Page(_entries(connection, found), sum(each.decisions for each in by_who), by_who)


def last_unchecked_name(connection: Connection) -> str:
    """Who decided last without being signed in; empty where nobody did."""
    for body in connection.execute(
        select(entries.c.body).where(DECISION).order_by(entries.c.sequence.desc()).limit(STREAMED)
    ).scalars():
        found = read_body(body, DecisionBody)
        if not found.identified:
            return found.who
    return ""


def sequences_of_client(connection: Connection, client: str) -> list[int]:
    """The entries whose parts name this client."""
    return list(
        connection.execute(
            select(parts.c.sequence).where(IS_CLIENT, parts.c.value == client).order_by(parts.c.sequence)
        ).scalars()
    )


def sequences_until(connection: Connection, until: str) -> list[int]:
    """The entries up to a time (UTC, as entries hold it) that still have parts, and the letters on them of any age."""
    return list(
        connection.execute(
            select(parts.c.sequence)
            .join(entries, entries.c.sequence == parts.c.sequence)
            .outerjoin(REFUSALS, and_(entries.c.kind == "letter", REFUSALS.c.sequence == entries.c.refers))
            .where(or_(entries.c.time <= until, REFUSALS.c.time <= until))
            .group_by(parts.c.sequence)
            .order_by(parts.c.sequence)
        ).scalars()
    )


def stored(connection: Connection) -> Iterator[StoredEntry]:
    """Every entry as it stands, unchecked, in the order of the sequence; parts without an entry come as one."""
    columns = (parts.c.name, parts.c.salt, parts.c.value, parts.c.sequence.label("of"))
    rows = connection.execution_options(yield_per=STREAMED).execute(
        select(entries, *columns)
        .outerjoin(parts, parts.c.sequence == entries.c.sequence)
        .order_by(entries.c.sequence, parts.c.name)
    )
    for _, group in groupby(rows, key=lambda row: row.sequence):
        together = list(group)
        yield _stored(together)


def decisions_in_order(connection: Connection) -> Iterator[Entry]:
    """Every decision, the first one first, some at a time."""
    last = 0
    while True:
        found = _entries(
            connection, _decisions().where(entries.c.sequence > last).order_by(entries.c.sequence).limit(STREAMED)
        )
        if not found:
            return
        yield from found
        last = found[-1].body.sequence


def _stored(rows: Sequence[Row[Any]]) -> StoredEntry:
    first = rows[0]
    copies = {name: getattr(first, name) for name in ("kind", "time", "who", "token", "outcome", "departs", "refers")}
    there = tuple(StoredPart(row.name, row.salt, row.value) for row in rows if row.of is not None)
    return StoredEntry(first.sequence, first.body, first.hash, copies, there)


def _decisions() -> Select[Any]:
    return select(entries.c.sequence, entries.c.body, entries.c.hash).where(DECISION)


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    yield DECISION
    if wanted.client:
        yield _is_of(wanted.client)
    if wanted.who:
        yield entries.c.who == wanted.who
    if wanted.outcome is not None:
        yield entries.c.outcome == str(wanted.outcome)
    if wanted.departs is not None:
        yield entries.c.departs.is_(wanted.departs)
    if wanted.since is not None:
        yield entries.c.time >= wanted.since.isoformat()
    if wanted.until is not None and wanted.until < date.max:
        # Times are text that sorts as they do, and a day's last one comes before the next day's name.
        yield entries.c.time < (datetime.combine(wanted.until, time.min, UTC) + timedelta(days=1)).date().isoformat()
    if wanted.contested:
        yield is_contested()


def _is_of(client: str) -> ColumnElement[bool]:
    return entries.c.sequence.in_(select(parts.c.sequence).where(IS_CLIENT, parts.c.value == client))


def _entries(connection: Connection, wanted: Select[Any]) -> tuple[Entry, ...]:
    """The decisions of a query with the parts that are there."""
    rows = connection.execute(wanted).all()
    sequences = [row.sequence for row in rows]
    there = parts_of(connection, sequences)
    states = contest_states(connection, sequences) if sequences else {}
    letters = numbers_of_letters(connection, sequences) if sequences else {}
    erased = _erasures(connection) if any(row.sequence not in there for row in rows) else {}
    return tuple(
        Entry(
            read_body(row.body, DecisionBody),
            row.hash,
            there.get(row.sequence, {}),
            erased.get(row.sequence),
            letters.get(row.sequence, 0),
            states.get(row.sequence, ""),
        )
        for row in rows
    )


def _erasures(connection: Connection) -> dict[int, datetime]:
    """When the parts of each erased entry were erased."""
    found: dict[int, datetime] = {}
    for text in connection.execute(select(entries.c.body).where(entries.c.kind == "erasure")).scalars():
        try:
            body = from_canonical(text)
        except ValueError:
            continue
        if isinstance(body, ErasureBody):
            found |= dict.fromkeys(body.entries, datetime.fromisoformat(body.time))
    return found


def _first(found: tuple[Entry, ...]) -> Entry | None:
    return found[0] if found else None
