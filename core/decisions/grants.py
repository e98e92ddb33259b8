"""Which loans the journal says were granted to these clients, and what the model had advised."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from core.decisions.draft import GRANTS
from core.decisions.entry import DecisionBody, read_body
from core.decisions.journal import Journal
from core.decisions.tables import entries, parts
from core.records import Verdict

AT_ONCE = 500
"""Clients asked for in one query; SQLite limits how many values one may name."""
AMOUNT = "AMT_CREDIT"
LOANS = parts.alias("loans")


@dataclass(frozen=True, slots=True)
class Grant:
    """A loan that was granted.

    advice: the recommendation for this loan when it was decided. amount: AMT_CREDIT of the loan decided, in the data
    set's currency; None where the journal does not hold it.
    """

    advice: Verdict
    amount: float | None


@dataclass(frozen=True, slots=True)
class Granted:
    """By client id, the last decision that granted a loan; and the clients whose decisions granted none."""

    grants: dict[str, Grant]
    without: frozenset[str]


def last_grants(journal: Journal, clients: Sequence[str]) -> Granted:
    """The loans granted to these clients (SK_ID_CURR as text); clients without a decision are in neither.

    Raises JournalError.
    """
    grants: dict[str, Grant] = {}
    seen: set[str] = set()
    with journal.database.reading() as connection:
        if connection is not None:
            for start in range(0, len(clients), AT_ONCE):
                for client, body, loan in _decisions(connection, clients[start : start + AT_ONCE]):
                    seen.add(client)
                    if body.outcome in GRANTS:
                        advice = body.loan_recommendation or body.recommendation
                        grants[client] = Grant(advice, json.loads(loan or "{}").get(AMOUNT))
    return Granted(grants, frozenset(seen - set(grants)))


def _decisions(connection: Connection, clients: Sequence[str]) -> Iterator[tuple[str, DecisionBody, str | None]]:
    """The client, the body and the loan's amounts as text of every decision on these clients, in order."""
    loan_of = and_(LOANS.c.sequence == entries.c.sequence, LOANS.c.name == "loan")
    found = connection.execute(
        select(parts.c.value, entries.c.body, LOANS.c.value.label("loan"))
        .join(entries, entries.c.sequence == parts.c.sequence)
        .outerjoin(LOANS, loan_of)
        .where(parts.c.name == "client", parts.c.value.in_(clients), entries.c.kind == "decision")
        .order_by(entries.c.sequence)
    )
    for row in found:
        yield row.value, read_body(row.body, DecisionBody), row.loan
