"""Files of JSON: names are matched and numbers in text are asked about as in any file; the routes' JSON is exact."""

from __future__ import annotations

import json

import pytest

from core.batch.scorer import score_portfolio
from core.errors import InputRefused
from core.readers.intake import Intake
from core.readers.upload import ASK, ReadChoices, read_upload
from core.records import RepeatedNames
from core.scoring.assess import Model

PLAIN = {"SK_ID_CURR": 900101, "AMT_CREDIT": 270000, "AMT_INCOME_TOTAL": 180000, "DAYS_BIRTH": -16425}


def read(model: Model, *rows: object, choices: ReadChoices = ASK, exact: bool = False) -> Intake:
    return read_upload(
        json.dumps(list(rows)).encode(),
        max_bytes=10**6,
        max_rows=5000,
        vocabulary=model.aligner.vocabulary,
        choices=choices,
        exact_json=exact,
    )


def probabilities(model: Model, intake: Intake) -> list[float]:
    found = score_portfolio(model, intake, review_band=0.02, reasons=False)
    assert not found.problems
    risks: list[float] = found.results.probability.tolist()
    return risks


def test_names_are_matched_in_every_row_and_it_is_said(model: Model) -> None:
    row = {name.lower(): cell for name, cell in PLAIN.items()}
    intake = read(model, row)
    assert intake.how.renamed == {name.lower(): name for name in PLAIN}
    assert probabilities(model, intake) == probabilities(model, read(model, PLAIN))
    assert intake.row(1) == PLAIN
    assert intake.as_sent() == [row]
    assert intake.rows([1], as_sent=True) == {1: row}


def test_name_written_in_two_ways_is_not_matched(model: Model) -> None:
    intake = read(model, {**PLAIN, "EXT_SOURCE_2": 0.5}, {**PLAIN, "SK_ID_CURR": 900102, "ext_source_2": 0.5})
    assert intake.how.renamed == {}
    assert score_portfolio(model, intake, review_band=0.02, reasons=False).notes.ignored == ("ext_source_2",)


def test_name_that_stands_twice_is_still_refused(model: Model) -> None:
    content = b'[{"sk_id_curr": 1, "AMT_CREDIT": 2, "AMT_CREDIT": 3}]'
    intake = read_upload(content, max_bytes=999, max_rows=9, vocabulary=model.aligner.vocabulary)
    assert isinstance(intake.all_rows()[0], RepeatedNames)  # type: ignore[index]
    found = score_portfolio(model, intake, review_band=0.02, reasons=False)
    assert "column_twice" in {each.code for each in found.problems}


UNCLEAR = {**PLAIN, "AMT_CREDIT": "270.000", "AMT_INCOME_TOTAL": "180.000"}


def test_number_that_means_two_things_is_asked_about(model: Model) -> None:
    with pytest.raises(InputRefused) as refused:
        read(model, {**PLAIN, "SK_ID_CURR": 900100, "NOTE": "2,5"}, UNCLEAR)
    problem = refused.value.problems[0]
    assert (problem.code, problem.row, problem.column) == ("decimal_unclear", 2, "AMT_CREDIT")
    assert (problem.facts["one"], problem.facts["other"]) == ("270", "270000")
    wanted = probabilities(model, read(model, PLAIN))
    assert probabilities(model, read(model, UNCLEAR, choices=ReadChoices(decimal="comma"))) == wanted
    chosen = read(model, UNCLEAR, choices=ReadChoices(decimal="point"))
    assert chosen.row(1)["AMT_CREDIT"] == 270.0


def test_another_number_in_text_proves_the_sign(model: Model) -> None:
    intake = read(model, {**UNCLEAR, "EXT_SOURCE_2": "0,62"})
    assert intake.how.decimal == ","
    assert probabilities(model, intake) == probabilities(model, read(model, {**PLAIN, "EXT_SOURCE_2": 0.62}))
    assert intake.as_sent() == [{**UNCLEAR, "EXT_SOURCE_2": "0,62"}]


def test_id_with_a_sign_is_never_read_by_the_file_s_decimal_sign(model: Model) -> None:
    intake = read(model, {**UNCLEAR, "SK_ID_CURR": "900.102", "EXT_SOURCE_2": "0,62"}, PLAIN)
    assert intake.row(1)["SK_ID_CURR"] == "900.102"
    found = score_portfolio(model, intake, review_band=0.02, reasons=False)
    assert [(each.code, each.row) for each in found.problems] == [("id_not_whole", 1)]


def test_raw_data_screen_takes_json_as_the_routes_take_it(model: Model) -> None:
    intake = read(model, {**UNCLEAR, "amt_annuity": 5}, exact=True)
    assert (intake.how.renamed, intake.how.decimal) == ({}, "")
    found = score_portfolio(model, intake, review_band=0.02, reasons=False)
    assert {each.code for each in found.problems} == {"two_readings"}
