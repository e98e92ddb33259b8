"""Which clients of one file are decided already: by the same row, under the same bundle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.decisions.chain import part_digest
from core.decisions.draft import encode_input
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.records import Row


class DecidedClients:
    """The last outcome of each client of a file. Safe to share among threads."""

    def __init__(self, ids: NDArray[np.int64], rows_of: Callable[[Sequence[str]], Sequence[Row]], bundle: str) -> None:
        """ids: of the file's clients. rows_of: the rows of some as the file holds them. bundle: the bundle's digest."""
        self._ids, self._rows_of, self._bundle = ids, rows_of, bundle
        self._outcomes: dict[int, Outcome] = {}
        self._read = 0
        self._lock = threading.Lock()

    def update(self, journal: Journal) -> Mapping[int, Outcome]:
        """The last outcome by client, of those on whom there is one; reads only entries that are new since last time.

        A decision on other data of the client, or by another bundle, is none on this file. Raises JournalError.
        """
        with self._lock:
            last = journal.head().sequence
            if last != self._read:
                clients = [str(client) for client in self._ids.tolist()]
                found = journal.decisions_on(clients, after=self._read)
                found = [each for each in found if each[1].bundle == self._bundle]
                inputs = self._inputs_of(sorted({client for client, *_ in found}))
                for client, body, salt in found:
                    if part_digest(salt, "input", inputs[client]) == body.digests["input"]:
                        self._outcomes[int(client)] = body.outcome
                self._read = last
            return dict(self._outcomes)

    def _inputs_of(self, clients: Sequence[str]) -> dict[str, str]:
        """The rows of these clients as a decision on them would store them, by client."""
        rows = self._rows_of(clients) if clients else ()
        return {client: encode_input(row) for client, row in zip(clients, rows, strict=True)}


def decided_of(outcomes: Mapping[int, Outcome] | None) -> Collection[int]:
    """The clients on whom nothing is left to decide: asking for more decides nothing yet."""
    return [client for client, outcome in (outcomes or {}).items() if outcome is not Outcome.ASKED_FOR_MORE]
