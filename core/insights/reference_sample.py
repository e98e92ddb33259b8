"""The loaded clients as a crowd to compare one client with: as many as a picture can hold, evenly chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.readers.client_store import Clients
from core.records import Floats
from core.scoring.assess import Model, assess
from core.scoring.explanation import shown_value

MOST = 1000


@dataclass(frozen=True)
class ReferenceSample:
    """Clients in the model's columns, of shape (n_clients, n_columns), with each one's solvency, of shape (n_clients,).

    loaded: how many clients there are in all.
    """

    loaded: int
    values: Floats
    solvency: Floats

    def __len__(self) -> int:
        return len(self.solvency)

    def column(self, model: Model, source: str) -> list[float | str | None]:
        """What each of them has in a column that people know, None where it is missing."""
        members = [(slot, column) for slot, column in enumerate(model.bundle.columns) if column.source == source]
        return [shown_value([(column, float(row[slot])) for slot, column in members]) for row in self.values]


def gather_sample(model: Model, clients: Clients, *, most: int = MOST) -> ReferenceSample:
    """Up to `most` of the loaded clients that can be assessed, evenly from the first to the last."""
    places = np.unique(np.linspace(0, len(clients) - 1, min(most, len(clients))).round().astype(int))
    found = assess(model, clients.rows(places), review_band=0.0, keep_good=True)
    return ReferenceSample(len(clients), found.aligned.values, 1.0 - found.probability)
