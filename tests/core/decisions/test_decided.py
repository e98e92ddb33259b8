"""Which clients of a file are decided: on the same row and by the same bundle, the last decision counts."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import event

from core.decisions.decided import DecidedClients
from core.decisions.draft import encode_input
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.records import Row
from tests.core.decisions.drafts import DIGEST, draft

ROWS: dict[str, Row] = {str(client): {"SK_ID_CURR": client, "AMT_CREDIT": 1000.0 * client} for client in range(1, 41)}


def decide(journal: Journal, client: str, outcome: Outcome = Outcome.GRANTED, row: Row | None = None) -> None:
    journal.append(draft(client, outcome=outcome, input=encode_input(row or ROWS[client])))


def file_of(clients: list[int], bundle: str = DIGEST) -> DecidedClients:
    return DecidedClients(np.array(clients, dtype=np.int64), lambda some: [ROWS[each] for each in some], bundle)


def test_the_last_decision_on_each_client_of_the_file(journal: Journal) -> None:
    decided = file_of([1, 2, 3, 40])
    assert decided.update(journal) == {}
    decide(journal, "1")
    decide(journal, "2", Outcome.ASKED_FOR_MORE)
    decide(journal, "7")
    assert decided.update(journal) == {1: Outcome.GRANTED, 2: Outcome.ASKED_FOR_MORE}
    decide(journal, "2", Outcome.REFUSED)
    assert decided.update(journal) == {1: Outcome.GRANTED, 2: Outcome.REFUSED}
    assert file_of([1, 2, 3, 40]).update(journal) == {1: Outcome.GRANTED, 2: Outcome.REFUSED}


def test_other_data_and_another_bundle_are_another_file(journal: Journal) -> None:
    decide(journal, "1", row={**ROWS["1"], "AMT_CREDIT": 5.0})
    decide(journal, "2")
    assert file_of([1, 2]).update(journal) == {2: Outcome.GRANTED}
    assert file_of([1, 2], bundle="cd" * 32).update(journal) == {}


def test_an_erased_client_is_no_longer_known_to_be_decided(journal: Journal) -> None:
    decide(journal, "1")
    journal.erase("1", who="Camille Roux")
    assert file_of([1]).update(journal) == {}


@pytest.mark.parametrize("n_decided", [1, 30])
def test_a_file_costs_the_same_queries_however_many_are_decided(journal: Journal, n_decided: int) -> None:
    for client in range(1, n_decided + 1):
        decide(journal, str(client))
    decided = file_of(list(range(1, 41)))
    asked: list[str] = []
    listen = lambda *found: asked.append(found[2]) if "journal_entries" in found[2] else None  # noqa: E731
    event.listen(journal.database.engine, "before_cursor_execute", listen)
    assert len(decided.update(journal)) == n_decided
    assert len(asked) == 2
    decided.update(journal)
    assert len(asked) == 3
