"""An evenly spaced sample of the loaded clients, as many as a chart can show, to compare one client with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.readers.client_store import Clients
from core.records import Floats
from core.scoring.assess import Model, assess
from core.scoring.explanation import shown_value

MAX_CLIENTS = 1000


@dataclass(frozen=True)
class ReferenceSample:
    """Sampled clients.

    loaded: number of clients in the file they come from.
    values: (n_clients, n_columns), the model's columns. solvency: (n_clients,), between 0 and 1.
    """

    loaded: int
    values: Floats
    solvency: Floats

    def __len__(self) -> int:
        return len(self.solvency)

    def column(self, model: Model, source: str) -> list[float | str | None]:
        """The value of each client in a source column; None where it is missing."""
        members = [(slot, column) for slot, column in enumerate(model.bundle.columns) if column.source == source]
        return [shown_value([(column, float(row[slot])) for slot, column in members]) for row in self.values]


def take_sample(model: Model, clients: Clients, *, max_clients: int = MAX_CLIENTS) -> ReferenceSample:
    """Assess up to `max_clients` of the loaded clients, evenly spaced; those that are refused are left out."""
    places = np.unique(np.linspace(0, len(clients) - 1, min(max_clients, len(clients))).round().astype(int))
    assessments = assess(model, clients.rows(places), review_band=0.0, keep_good=True, whole=False)
    return ReferenceSample(len(clients), assessments.aligned.values, 1.0 - assessments.probability)
