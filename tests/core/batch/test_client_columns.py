"""A downloaded result that holds its clients' columns is opened again and scored to the same bits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from core.alignment.number_text import DecimalSign
from core.alignment.table import Table
from core.batch.client_columns import with_client_columns
from core.batch.export import ENDINGS, Format, as_bytes, results_table
from core.batch.scorer import score_portfolio
from core.i18n.translations import LANGUAGES, Language
from core.scoring.assess import Model
from tests.core import client_files as files
from tests.core.drawn import draw_rows


@pytest.mark.parametrize("kind", files.KINDS)
@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_downloaded_result_is_scored_again_to_the_bit(
    model: Model, kind: str, form: Format, language: Language
) -> None:
    drawn = draw_rows(model, 12, seed=8, missing=0.0)
    rows = [{name: row.get(name) for name in drawn[0]} for row in drawn]
    rows[2]["AMT_CREDIT"] = None
    rows[4]["EXT_SOURCE_1"] = None
    intake = files.read_here(files.KINDS[kind](rows))
    first = score_portfolio(model, intake, review_band=0.02)
    table = results_table(first.results, model.bundle, reasons=True, language=language)
    content = as_bytes(with_client_columns(table, intake, first.results.rows), form, language)
    again = score_portfolio(model, files.read_here(content, max_rows=1000), review_band=0.02)
    assert not again.problems
    assert again.results.ids.tolist() == first.results.ids.tolist()
    assert again.results.probability.tobytes() == first.results.probability.tobytes()
    assert again.results.verdict.tolist() == first.results.verdict.tolist()
    assert again.notes.ignored == ()


class Given:
    """Rows that are there."""

    def __init__(self, *parts: list[object] | Table) -> None:
        self._parts = parts

    def pieces(self, *, only_ids: bool = False) -> object:
        """The parts."""
        before = 0
        for part in self._parts:
            yield before, part
            before += len(part)


def test_columns_hold_numbers_where_they_can_and_text_elsewhere() -> None:
    source = Given(
        [{"A": "1.5", "B": 1, "C": "x", "D": True, "solvency": 0.1}, "no client"],
        [{"A": 2, "B": None, "C": 0.5, "E": float(2**60)}],
    )
    table = pa.table({"SK_ID_CURR": [7, 8], "solvency": [0.5, 0.25]})
    found = with_client_columns(table, source, np.array([1, 3]))  # type: ignore[arg-type]
    assert found.to_pydict() == {
        "SK_ID_CURR": [7, 8],
        "solvency": [0.5, 0.25],
        "A": [1.5, 2.0],
        "B": [1, None],
        "C": ["x", "0.5"],
        "D": [True, None],
        "E": [None, float(2**60)],
    }


@pytest.mark.parametrize("decimal", [".", ","])
def test_text_with_the_file_s_decimal_sign_is_a_number_where_it_would_else_be_two(decimal: DecimalSign) -> None:
    texts = [text.replace(".", decimal) for text in ("-591.358", "2.5")]
    part = Table(("A", "B"), (pa.array(texts), pa.array(["x", texts[0]])), decimal=decimal)
    table = pa.table({"SK_ID_CURR": [7, 8]})
    found = with_client_columns(table, Given(part), np.array([1, 2]))  # type: ignore[arg-type]
    assert found.to_pydict() == {"SK_ID_CURR": [7, 8], "A": [-591.358, 2.5], "B": ["x", texts[0]]}


def test_codes_that_a_number_would_not_keep_stay_text() -> None:
    source = Given(
        [{"A": "007", "B": "12345678901234567", "C": "0.5", "D": "0"}, {"A": "12", "B": "7", "C": "2", "D": "1"}]
    )
    table = pa.table({"SK_ID_CURR": [7, 8]})
    found = with_client_columns(table, source, np.array([1, 2]))  # type: ignore[arg-type]
    assert found.to_pydict() == {
        "SK_ID_CURR": [7, 8],
        "A": ["007", "12"],
        "B": ["12345678901234567", "7"],
        "C": [0.5, 2.0],
        "D": [0, 1],
    }
