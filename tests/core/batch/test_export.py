"""What is written reads back equal, and no spreadsheet runs a cell of it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest
from python_calamine import CalamineWorkbook

from core.alignment.own_columns import IN_WORDS, OURS
from core.batch.export import ENDINGS, FORMATS, Format, as_bytes, results_table
from core.batch.results import NOTHING, VERDICTS, Results
from core.dictionary.lookup import label
from core.i18n.translations import LANGUAGES, Language, translate
from core.scoring.assess import Model


@pytest.fixture(scope="module")
def results() -> Results:
    """Three clients with numbers of all digits, one of them with few reasons."""
    return Results(
        ids=np.array([900001, 7, 2**62]),
        rows=np.array([1, 2, 4]),
        probability=np.array([0.1, 1 / 3, 5e-324]),
        verdict=np.array([0, 1, 2], dtype=np.int8),
        review=np.array([0, 0, 6], dtype=np.int8),
        impossible=np.array(["", "", "EXT_SOURCE_2, AMT_ANNUITY"], dtype=np.object_),
        information=np.array([1.0, 0.1 + 0.2, 0.5]),
        amount=np.array([270000.0, 1e22, np.nan]),
        raising=np.array([[0, 1, 2], [3, -1, -1], [-1, -1, -1]], dtype=np.int16),
        lowering=np.array([[5, 6, 7], [8, 9, -1], [10, 11, 12]], dtype=np.int16),
    )


def read_back(content: bytes, form: Format) -> list[list[object]]:
    if form == "csv":
        return [list(row.values()) for row in pa_csv.read_csv(io.BytesIO(content)).to_pylist()]
    if form == "parquet":
        return [list(row.values()) for row in pa_parquet.read_table(io.BytesIO(content)).to_pylist()]
    return [
        list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    ]


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("reasons", [True, False])
def test_results_read_back_equal(model: Model, results: Results, form: Format, reasons: bool) -> None:
    table = results_table(results, model.bundle, reasons=reasons)
    wanted = [list(row.values()) for row in table.to_pylist()]
    found = read_back(as_bytes(table, form), form)
    if form == "parquet":
        assert found == wanted
        return
    nothing: dict[object, object] = {None: "", "": ""}
    texts = [[nothing.get(cell, cell) for cell in row] for row in found]
    plain = [[nothing.get(cell, cell) for cell in row] for row in wanted]
    if form == "excel":
        plain = [[str(cell) if cell == 2**62 else cell for cell in row] for row in plain]
    assert texts == plain


def test_results_hold_verdict_solvency_threshold_reasons_and_bundle(model: Model, results: Results) -> None:
    first, second, third = results_table(results, model.bundle, reasons=True).to_pylist()
    sources, threshold = model.bundle.sources, model.bundle.policy.threshold
    first, words = ({k: v for k, v in first.items() if k.endswith(IN_WORDS) is end} for end in (False, True))
    assert words == {
        "verdict_in_words": "Favourable opinion",
        "review_reasons_in_words": "",
        **{f"raises_{n + 1}_in_words": label(sources[n], "en") for n in range(3)},
        **{f"lowers_{n + 1}_in_words": label(sources[n + 5], "en") for n in range(3)},
    }
    assert third["review_reasons_in_words"] == "too little information, impossible value"
    assert first == {
        "SK_ID_CURR": 900001,
        "solvency": 0.9,
        "threshold": threshold,
        "solvency_line": 1.0 - threshold,
        "verdict": VERDICTS[0],
        "review_reasons": "",
        "impossible": "",
        "information": 1.0,
        "amount": 270000.0,
        "raises_1": sources[0],
        "raises_2": sources[1],
        "raises_3": sources[2],
        "lowers_1": sources[5],
        "lowers_2": sources[6],
        "lowers_3": sources[7],
        "bundle": model.bundle.digest,
    }
    assert third["review_reasons"] == "too_little_known, impossible_value"
    assert third["impossible"] == "EXT_SOURCE_2, AMT_ANNUITY"
    assert (second["raises_2"], second["lowers_3"], third["amount"]) == (None, None, None)


@pytest.mark.parametrize("form", ENDINGS)
def test_nothing_can_be_written(model: Model, form: Format) -> None:
    assert as_bytes(results_table(NOTHING, model.bundle, reasons=True), form)


def test_files_end_as_their_format_wants() -> None:
    assert ENDINGS == {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}


def test_columns_of_the_results_stand_in_this_order(model: Model, results: Results) -> None:
    plain = ["SK_ID_CURR", "solvency", "threshold", "solvency_line", "verdict", "verdict_in_words"]
    plain += ["review_reasons", "review_reasons_in_words", "impossible", "information", "amount"]
    reasons = [f"{way}_{n}{end}" for way in ("raises", "lowers") for n in (1, 2, 3) for end in ("", "_in_words")]
    assert results_table(results, model.bundle, reasons=False).column_names == [*plain, "bundle"]
    assert results_table(results, model.bundle, reasons=True).column_names == [*plain, *reasons, "bundle"]


def test_reasons_that_were_not_worked_out_are_empty_columns(model: Model, results: Results) -> None:
    bare = replace(results, raising=np.empty((3, 0), dtype=np.int16), lowering=np.array([[0]] * 3, dtype=np.int16))
    table = results_table(bare, model.bundle, reasons=True).to_pydict()
    assert table["raises_1"] == table["raises_3"] == table["lowers_2"] == [None] * 3
    assert table["lowers_1"] == [model.bundle.sources[0]] * 3


def test_csv_is_this_text(model: Model, results: Results) -> None:
    table = results_table(results, model.bundle, reasons=False).select(["SK_ID_CURR", "verdict", "amount"])
    assert as_bytes(table, "csv").decode() == (
        '"SK_ID_CURR","verdict","amount"\n'
        '900001,"favourable",270000\n'
        '7,"unfavourable",1e+22\n'
        '4611686018427387904,"to_review",\n'
    )


def test_csv_in_french_is_as_a_french_spreadsheet_reads_it(model: Model, results: Results) -> None:
    table = results_table(results, model.bundle, reasons=False, language="fr")
    table = table.select(["SK_ID_CURR", "solvency", "verdict_in_words", "amount"])
    content = as_bytes(table, "csv", "fr").decode()
    assert content == (
        '\ufeff"SK_ID_CURR";"solvency";"verdict_in_words";"amount"\n'
        '900001;"0,9";"Avis favorable";"270000"\n'
        '7;"0,6666666666666667";"Avis défavorable";"1e+22"\n'
        '4611686018427387904;"1";"À examiner";\n'
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_as_csv_read_back_equal_in_each_language(model: Model, results: Results, language: Language) -> None:
    table = results_table(results, model.bundle, reasons=True, language=language)
    decimal = {"en": ".", "fr": ","}[language]
    rows = csv.DictReader(
        io.StringIO(as_bytes(table, "csv", language).decode("utf-8-sig")), delimiter={"en": ",", "fr": ";"}[language]
    )
    for found, wanted in zip(rows, table.to_pylist(), strict=True):
        assert float(found["solvency"].replace(decimal, ".")) == wanted["solvency"]
        assert float(found["information"].replace(decimal, ".")) == wanted["information"]
        assert found["lowers_1_in_words"] == (wanted["lowers_1_in_words"] or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_says_what_each_column_means_on_a_second_sheet(
    model: Model, results: Results, language: Language
) -> None:
    table = results_table(results, model.bundle, reasons=True, language=language)
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_bytes(table, "excel", language)))
    assert book.sheet_names == {"en": ["Clients", "Columns"], "fr": ["Clients", "Colonnes"]}[language]
    told = dict(cast(list[tuple[str, str]], book.get_sheet_by_index(1).to_python()[1:]))
    assert list(told) == ["SK_ID_CURR (id)", *table.column_names[1:]]
    assert all(told.values())
    assert told["solvency"] == translate("export.of_solvency", language)
    assert told["verdict_in_words"] == translate("export.in_words", language, column="verdict")
    assert told["raises_2"] == translate("export.of_raises", language)
    assert told["SK_ID_CURR (id)"] == translate("export.of_id", language)


def test_shares_in_a_workbook_stand_under_a_format_in_percent_and_keep_their_digits(
    model: Model, results: Results
) -> None:
    content = as_bytes(results_table(results, model.bundle, reasons=False), "excel")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert 'formatCode="0.0%"' in archive.read("xl/styles.xml").decode()
        assert "0.6666666666666667" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert FORMATS["amount"] == "#,##0"


def test_every_column_of_ours_is_explained(model: Model, results: Results) -> None:
    names = results_table(results, model.bundle, reasons=True).column_names
    plain = {name.rstrip("123").rstrip("_") for name in names if not name.endswith(IN_WORDS)} - {"SK_ID_CURR"}
    assert plain - {"SK_ID_CURR"} == set(OURS)


def test_whole_number_of_sixteen_digits_is_text_in_a_workbook_which_would_round_it() -> None:
    table = pa.table({"SK_ID_CURR": [10**15 - 1, 10**15, 0], "A": [0.1 + 0.2, None, -1.5], "B": ["x", None, "5"]})
    assert read_back(as_bytes(table, "excel"), "excel") == [
        [999999999999999, 0.30000000000000004, "x"],
        ["1000000000000000", "", ""],
        [0, -1.5, "5"],
    ]
