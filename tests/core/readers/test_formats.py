"""The same clients in every format get the same answers bit for bit; one bad row leaves the others alone."""

from __future__ import annotations

import gzip
import math
import random

import pytest

from core.records import Assessments
from core.scoring.assess import Model, assess
from tests.core import client_files as files
from tests.core.drawn import draw_rows


@pytest.fixture(scope="module")
def rows(model: Model) -> list[dict[str, object]]:
    """Clients with every column in every row, missing ones as None, and floats of all digits."""
    drawn = draw_rows(model, 120, seed=11)
    names = list(dict.fromkeys(name for row in drawn for name in row))
    chance = random.Random(3)
    random.Random(2).shuffle(names)
    for row in drawn:
        row["AMT_CREDIT"] = float(row["AMT_CREDIT"]) * (1.0 + chance.random() / 7)  # type: ignore[arg-type]
    return [{name: row.get(name) for name in names} for row in drawn]


def answers(model: Model, content: bytes) -> Assessments:
    return assess(model, files.read(content, max_rows=200).all_rows(), review_band=0.02, keep_good=True)


@pytest.mark.parametrize("kind", files.KINDS)
def test_same_rows_in_every_format_get_the_same_bits(model: Model, rows: list[dict[str, object]], kind: str) -> None:
    wanted = assess(model, rows, review_band=0.02)
    found = answers(model, files.written(kind, rows))
    assert found.aligned.values.tobytes() == wanted.aligned.values.tobytes()
    assert found.probability.tobytes() == wanted.probability.tobytes()
    assert (found.aligned.ids, found.decisions) == (wanted.aligned.ids, wanted.decisions)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_give_the_same_bits(model: Model, rows: list[dict[str, object]], separator: str) -> None:
    wanted = assess(model, rows, review_band=0.02)
    content = files.as_csv([{**row} for row in rows], separator=separator).decode()
    found = answers(model, gzip.compress(content.replace(".", ",").encode("utf-16")))
    assert found.probability.tobytes() == wanted.probability.tobytes()


@pytest.mark.parametrize("kind", files.KINDS)
@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("AMT_CREDIT", "much", "text_in_number"),
        ("AMT_CREDIT", None, "essential_missing"),
        ("FLAG_OWN_REALTY", "maybe", "unknown_code"),
        ("FLAG_PHONE", 2, "not_zero_or_one"),
        ("SK_ID_CURR", None, "id_missing"),
        ("SK_ID_CURR", 12.5, "id_not_whole"),
        ("SK_ID_CURR", "one", "id_not_whole"),
        ("SK_ID_CURR", 900001, "client_twice"),
    ],
)
def test_bad_cell_is_told_by_row_and_column_in_every_format(
    model: Model, rows: list[dict[str, object]], kind: str, column: str, cell: object, code: str
) -> None:
    sent = [dict(row) for row in rows[:6]]
    sent[3][column] = cell
    if kind == "parquet" and isinstance(cell, str | float):
        # A column of a Parquet file holds one kind of cell.
        sent = [{**row, column: row[column] if row[column] is None else str(row[column])} for row in sent]
    found = answers(model, files.written(kind, sent))
    problem = next(each for each in found.aligned.refused if each.row == 4)
    assert (problem.code, problem.column) == (code, column)
    bad = {4, 1} if code == "client_twice" else {4}
    assert set(found.aligned.rows) == {1, 2, 3, 4, 5, 6} - bad
    assert not any(math.isnan(each) for each in found.probability)


@pytest.mark.parametrize("digits", ["9007199254740993", "9223372036854775807"])
def test_ids_beyond_a_double_are_exact_or_refused(model: Model, rows: list[dict[str, object]], digits: str) -> None:
    sent = [{**rows[0], "SK_ID_CURR": int(digits)}]
    for kind in ("csv", "json", "parquet"):
        assert answers(model, files.written(kind, sent)).aligned.ids == (int(digits),)
    found = answers(model, files.excel(sent))
    assert found.aligned.ids == ()
    assert [each.code for each in found.aligned.refused] == ["id_not_exact"]
