"""Which clients of one file are decided already: by the same row, under the same bundle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.decisions.chain import part_digest
from core.decisions.draft import encode_input
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.records import Row


class DecidedClients:
    """The last outcome of each client of a file. Safe to share among threads."""

    def __init__(self, ids: NDArray[np.int64], row_of: Callable[[str], Row], bundle: str) -> None:
        """ids: of the file's clients. row_of: the row of one as the file holds it. bundle: the digest of the bundle."""
        self._ids, self._row_of, self._bundle = ids, row_of, bundle
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
                for client, body, salt in journal.decisions_on(clients, after=self._read):
                    if body.bundle == self._bundle and self._is_of_this_file(client, salt, body.digests["input"]):
                        self._outcomes[int(client)] = body.outcome
                self._read = last
            return dict(self._outcomes)

    def _is_of_this_file(self, client: str, salt: str, digest: str) -> bool:
        return part_digest(salt, "input", encode_input(self._row_of(client))) == digest
