"""A file to begin with: the columns that matter most to the model, and one synthetic client as an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.alignment.client_id import ID
from core.batch.scorer import Portfolio, score_portfolio
from core.batch.sources import Rows
from core.dictionary.lookup import dictionary
from core.model.bundle import Bundle
from core.scoring.assess import Model

MAX_COLUMNS = 20
EXAMPLE_ID = 1

Cell = str | float | int | None


@dataclass(frozen=True)
class _OneRow:
    """A source of one row."""

    row: Mapping[str, Cell]

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """The row."""
        yield 0, [dict(self.row)]


def template_columns(bundle: Bundle) -> list[str]:
    """The essential columns, then those of the application with the largest weight, at most MAX_COLUMNS.

    A ratio is left out, since it is derived from its two columns.
    """
    weights = {
        source: sum(bundle.columns[slot].weight for slot in slots)
        for source, slots in bundle.slots.items()
        if source in dictionary().columns and bundle.columns[slots[0]].kind != "ratio"
    }
    essential = [column.name for column in bundle.columns if column.essential]
    others = sorted((each for each in weights if each not in essential), key=lambda each: -weights[each])
    return [*essential, *others][:MAX_COLUMNS]


def template_row(bundle: Bundle) -> dict[str, Cell]:
    """The columns of the template with the values of the bundle's synthetic client that has most of them."""
    names = template_columns(bundle)
    essential = {column.name for column in bundle.columns if column.essential}

    def known(row: Mapping[str, Cell]) -> tuple[int, int]:
        filled = [name for name in names if row.get(name) is not None]
        return len(essential.intersection(filled)), len(filled)

    rows: Sequence[Mapping[str, Cell]] = [golden.row for golden in bundle.golden]
    row = max(rows, key=known, default={})
    return {ID: EXAMPLE_ID, **{name: row.get(name) for name in names}}


def template_table(bundle: Bundle) -> pa.Table:
    """The template as a table of one row."""
    return pa.table({name: pa.array([cell]) for name, cell in template_row(bundle).items()})


def score_template(model: Model, *, review_band: float) -> Portfolio:
    """What comes of the template's own client; of none if the bundle has no synthetic client with what is essential."""
    return score_portfolio(model, _OneRow(template_row(model.bundle)), review_band=review_band)
