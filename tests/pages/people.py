"""The loaded clients as tests pick them: by what core.assess says of them, never by a number typed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.readers.client_store import Clients, load_clients
from core.records import Assessments, Decision, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings

EXAMPLE_ROWS = 600


@dataclass(frozen=True)
class People:
    """The loaded clients, and the assessment of the first few hundred of them by id."""

    clients: Clients
    found: Assessments

    def first(self, fits: Callable[[dict[str, Any], Decision], bool]) -> str:
        """The first id whose row and decision fit."""
        for client, decision in zip(self.found.aligned.ids, self.found.decisions, strict=True):
            if fits(self.row(str(client)), decision):
                return str(client)
        raise LookupError("none of the loaded clients fits")

    def with_verdict(self, verdict: Verdict) -> str:
        """The first id with this verdict."""
        return self.first(lambda _, decision: decision.verdict is verdict)

    def decision(self, client: str) -> Decision:
        """What core.assess decided for one of them."""
        return self.found.decisions[self.found.aligned.ids.index(int(client))]

    def row(self, client: str) -> dict[str, Any]:
        """One client's cells as they stand in the file."""
        return self.clients.row(client)


def load_people(model: Model) -> People:
    """The clients that ship, assessed with the settings that ship."""
    clients = load_clients(Settings().clients_file, synthetic=True)
    rows = [clients.row(client) for client in clients.search("", EXAMPLE_ROWS)]
    return People(clients, assess(model, rows, review_band=Settings().review_band, keep_good=True))
