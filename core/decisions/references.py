"""Reads which entries refer to which: letters and contests to a refusal, answers to a contest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, exists, func, select

from core.decisions.entry import ContestState
from core.decisions.tables import IS_CLIENT, entries, parts

CONTESTS, ANSWERS = entries.alias("contests"), entries.alias("answers")


def is_contested() -> ColumnElement[bool]:
    """Whether a contest of an entry waits for its answer."""
    return entries.c.sequence.in_(select(CONTESTS.c.refers).where(CONTESTS.c.kind == "contest", ~_is_answered()))


def contest_states(connection: Connection, sequences: Sequence[int]) -> dict[int, ContestState]:
    """Whether contests of these decisions wait for their answer; decisions that nobody contested are absent."""
    found = connection.execute(
        select(CONTESTS.c.refers, _is_answered()).where(CONTESTS.c.kind == "contest", CONTESTS.c.refers.in_(sequences))
    ).all()
    states: dict[int, ContestState] = {}
    for refers, answered in found:
        states[refers] = "open" if not answered or states.get(refers) == "open" else "answered"
    return states


def first_open_contest(connection: Connection, client: str) -> int | None:
    """The oldest contest of a client that waits for its answer."""
    return connection.execute(
        select(func.min(CONTESTS.c.sequence))
        .join(parts, parts.c.sequence == CONTESTS.c.sequence)
        .where(CONTESTS.c.kind == "contest", IS_CLIENT, parts.c.value == client, ~_is_answered())
    ).scalar()


def numbers_of_letters(connection: Connection, sequences: Sequence[int]) -> dict[int, int]:
    """How many letters were sent on each of these decisions; those without are absent."""
    found = connection.execute(
        select(entries.c.refers, func.count())
        .where(entries.c.kind == "letter", entries.c.refers.in_(sequences))
        .group_by(entries.c.refers)
    )
    return {refers: int(n) for refers, n in found}


def referring(connection: Connection, kind: str, sequence: int) -> list[tuple[str, str, dict[str, str]]]:
    """The entries of a kind that refer to this one: body, hash and the parts that are there, the first one first."""
    rows = connection.execute(
        select(entries.c.sequence, entries.c.body, entries.c.hash)
        .where(entries.c.kind == kind, entries.c.refers == sequence)
        .order_by(entries.c.sequence)
    ).all()
    there = parts_of(connection, [row.sequence for row in rows])
    return [(row.body, row.hash, there.get(row.sequence, {})) for row in rows]


def parts_of(connection: Connection, sequences: Sequence[int]) -> dict[int, dict[str, str]]:
    """The parts that are there, by entry and name."""
    there: dict[int, dict[str, str]] = {}
    if sequences:
        found = connection.execute(
            select(parts.c.sequence, parts.c.name, parts.c.value).where(parts.c.sequence.in_(sequences))
        )
        for sequence, name, value in found:
            there.setdefault(sequence, {})[name] = value
    return there


def _is_answered() -> ColumnElement[bool]:
    """Whether a decision answers the contest of CONTESTS."""
    return exists().where(ANSWERS.c.kind == "decision", ANSWERS.c.refers == CONTESTS.c.sequence)
