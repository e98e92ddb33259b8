"""Which loans were granted to clients: the last decision that granted one, its advice and its amount."""

from __future__ import annotations

from dataclasses import replace

from core.decisions.entry import Outcome
from core.decisions.grants import Grant, last_grants
from core.decisions.journal import Journal
from core.records import Verdict
from tests.core.decisions.drafts import answer, draft, otherwise

GRANTED = Grant(Verdict.FAVOURABLE, 250000.0)


def test_the_last_decision_that_granted_a_loan_counts(journal: Journal) -> None:
    unfavourable = answer(0.3, Verdict.UNFAVOURABLE)
    journal.append(draft("1"))
    journal.append(draft("2", outcome=Outcome.REFUSED, reason="policy"))
    journal.append(draft("3", outcome=Outcome.REFUSED, reason="policy"))
    journal.append(replace(draft("3"), asked=unfavourable, decided=unfavourable, departs=True))
    journal.append(draft("4"))
    journal.append(draft("4", outcome=Outcome.REFUSED, reason="policy"))
    journal.append(draft("5", outcome=Outcome.ASKED_FOR_MORE))
    journal.append(draft("6"))
    found = last_grants(journal, ["1", "2", "3", "4", "5", "8"])
    assert found.grants == {"1": GRANTED, "3": Grant(Verdict.UNFAVOURABLE, 250000.0), "4": GRANTED}
    assert found.without == {"2", "5"}


def test_of_another_loan_the_advice_is_that_for_it(journal: Journal) -> None:
    asked = answer(0.3, Verdict.UNFAVOURABLE)
    journal.append(replace(otherwise("1"), asked=asked, decided=answer(0.1)))
    assert last_grants(journal, ["1"]).grants == {"1": GRANTED}


def test_an_erased_client_is_not_found(journal: Journal) -> None:
    journal.append(draft("1"))
    journal.erase("1", who="Noa Petit")
    found = last_grants(journal, ["1"])
    assert (found.grants, found.without) == ({}, frozenset())


def test_more_clients_than_one_query_names_are_all_asked_for(journal: Journal) -> None:
    for client in ("1", "1400"):
        journal.append(draft(client))
    assert set(last_grants(journal, [str(client) for client in range(1, 1401)]).grants) == {"1", "1400"}


def test_where_there_is_no_journal_nothing_is_known() -> None:
    found = last_grants(Journal(), ["1"])
    assert (found.grants, found.without) == ({}, frozenset())
