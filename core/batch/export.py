"""Writes scored clients as CSV, Excel or Parquet.

Values read back equal: floats keep all digits, ids are whole numbers. CSV has the separator and the decimal sign that
spreadsheets of the language expect. Verdicts and reasons are written as codes and in words.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from core.alignment.client_id import ID
from core.alignment.own_columns import IN_WORDS, MAX_REASONS, OURS
from core.batch.rejects import BYTE_ORDER_MARK, CsvForm
from core.batch.results import VERDICTS, Results, review_reasons
from core.batch.workbook import Sheet, write_workbook
from core.dictionary.lookup import entry_of, label
from core.i18n.translations import Language, translate
from core.model.bundle import Bundle

Format = Literal["csv", "excel", "parquet"]
ENDINGS: Mapping[Format, str] = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}
CSV_FORMS: Mapping[Language, CsvForm] = {"en": CsvForm(",", "."), "fr": CsvForm(";", ",")}
PERCENT, AMOUNT, WHOLE = "0.0%", "#,##0", "0"
FORMATS: Mapping[str, str] = {
    ID: WHOLE,
    **dict.fromkeys(("solvency", "threshold", "solvency_line", "information"), PERCENT),
    "amount": AMOUNT,
}


def results_table(results: Results, bundle: Bundle, *, reasons: bool, language: Language = "en") -> pa.Table:
    """The table to export, one row per client.

    solvency and solvency_line are 1 − P(default); threshold is P(default). A column whose name ends in _in_words is the
    column before it in words of the language.

    reasons: add the columns that raise and lower the solvency most, by their names in the data set.
    """
    size, threshold = len(results), bundle.policy.threshold
    verdicts = [str(verdict) for verdict in VERDICTS]
    columns: dict[str, pa.Array] = {
        ID: pa.array(results.ids),
        "solvency": pa.array(results.solvency),
        "threshold": pa.array(np.full(size, threshold)),
        "solvency_line": pa.array(np.full(size, 1.0 - threshold)),
        "verdict": _dictionary_array(verdicts, results.verdict),
        f"verdict{IN_WORDS}": _dictionary_array(
            [translate(f"verdict.{each}", language) for each in verdicts], results.verdict
        ),
        **_reviews(results, language),
        "information": pa.array(results.information),
        "amount": pa.array(results.amount, from_pandas=True),
    }
    labels = [label(source, language) for source in bundle.sources]
    for name, places in (("raises", results.raising), ("lowers", results.lowering)) if reasons else ():
        for rank in range(MAX_REASONS):
            chosen = places[:, rank] if places.shape[1] > rank else np.full(size, -1)
            columns[f"{name}_{rank + 1}"] = _dictionary_array(bundle.sources, chosen)
            columns[f"{name}_{rank + 1}{IN_WORDS}"] = _dictionary_array(labels, chosen)
    columns["bundle"] = pa.array([bundle.digest] * size, pa.string())
    return pa.table(columns)


def as_bytes(table: pa.Table, form: Format, language: Language = "en") -> bytes:
    """The table as the bytes of a file. The language decides the form of CSV and the second sheet of a workbook."""
    if form == "excel":
        return write_workbook([_sheet(table, language), _explanations(table, language)])
    if form == "csv":
        return _csv(table, CSV_FORMS[language])
    out = io.BytesIO()
    pa_parquet.write_table(table, out)
    return out.getvalue()


def _reviews(results: Results, language: Language) -> dict[str, pa.Array]:
    """The columns that say why a client is to review: codes, words, and the columns with impossible values."""
    codes = range(int(results.review.max(initial=0)) + 1)
    told = [", ".join(review_reasons(code)) for code in codes]
    words = [", ".join(translate(f"portfolio.why_{each}", language) for each in review_reasons(code)) for code in codes]
    return {
        "review_reasons": _dictionary_array(told, results.review),
        f"review_reasons{IN_WORDS}": _dictionary_array(words, results.review),
        "impossible": pa.array(results.impossible, pa.string()),
    }


def _dictionary_array(names: Sequence[str], places: np.ndarray) -> pa.Array:
    """An array with the name at each position; null at −1."""
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32(), mask=places < 0), list(names)).cast(pa.string())


def _csv(table: pa.Table, form: CsvForm) -> bytes:
    """CSV with quoted text and all digits; with a byte-order mark if the decimal sign is a comma, for spreadsheets."""
    out = io.BytesIO()
    if form.decimal != ".":
        out.write(BYTE_ORDER_MARK.encode())
        for place, field in enumerate(table.schema):
            if pa.types.is_floating(field.type):
                texts = pc.replace_substring(pc.cast(table.column(place), pa.string()), ".", form.decimal)
                table = table.set_column(place, field.name, texts)
    pa_csv.write_csv(table, out, pa_csv.WriteOptions(delimiter=form.separator))
    return out.getvalue()


def _sheet(table: pa.Table, language: Language) -> Sheet:
    cells = (column.to_pylist() for column in table.columns)
    formats = {name: FORMATS[name] for name in table.column_names if name in FORMATS}
    return Sheet(translate("export.sheet", language), table.column_names, zip(*cells, strict=True), formats)


def _explanations(table: pa.Table, language: Language) -> Sheet:
    """The sheet that explains the columns, one per row."""
    names = [translate(f"export.{key}", language) for key in ("column", "meaning")]
    # The bare name of the id would make this sheet look like one of clients when the workbook is opened again.
    rows = [(f"{name} (id)" if name == ID else name, _meaning(name, language)) for name in table.column_names]
    return Sheet(translate("export.explanations", language), names, rows, widths={names[0]: 32, names[1]: 110})


def _meaning(name: str, language: Language) -> str:
    if name.endswith(IN_WORDS):
        return translate("export.in_words", language, column=name.removesuffix(IN_WORDS))
    key = name.rstrip("123").rstrip("_")
    if name == ID:
        return translate("export.of_id", language)
    if key in OURS:
        return translate(f"export.of_{key}", language)
    entry = entry_of(name)
    return ". ".join(filter(None, (entry.label[language], entry.meaning[language])))
