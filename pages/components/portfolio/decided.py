"""What the journal says of the clients of a portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from core.batch.background import ScoringJob
from core.decisions.decided import DecidedClients
from core.decisions.entry import Outcome
from core.errors import JournalError
from core.records import Row
from pages.components import resources
from pages.components.journal.access import visit_journal
from pages.components.session import visit_contents


def outcomes_of(job: ScoringJob) -> Mapping[int, Outcome] | None:
    """The last outcome by client, of those on whom there is one; None where the journal cannot be read."""
    visit, portfolio = visit_contents(), job.portfolio
    assert portfolio is not None
    if visit.decided is None or visit.decided[0] is not portfolio:
        bundle = resources.model().bundle.digest
        visit.decided = portfolio, DecidedClients(portfolio.results.ids, partial(_rows, job), bundle)
    try:
        return visit.decided[1].update(visit_journal())
    except JournalError:
        return None


def _rows(job: ScoringJob, clients: Sequence[str]) -> Sequence[Row]:
    """The rows with which the clients' files are opened."""
    visit = visit_contents()
    uploaded = visit.clients_of_job() if visit.job is job else None
    return resources.loaded_clients().rows_of(clients) if uploaded is None else uploaded.rows(clients)
