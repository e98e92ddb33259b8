"""What the screens say about one client: numbers that never contradict the verdict, reasons with their notes."""

from __future__ import annotations

import re
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dictionary.lookup import label
from core.insights import feature_table, sentences
from core.insights.population import solvency_density
from core.records import Decision, Explanation, digits_to_distinguish
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.decision import decide
from tests.core.conftest import Thousand


def decided(probability: float, threshold: float = 0.16, *, information: float = 1.0) -> Decision:
    return decide(probability=probability, threshold=threshold, review_band=0.02, information=information)


@pytest.fixture(scope="module")
def explanation(model: Model, thousand: Thousand) -> Explanation:
    return explain_clients(model, assess(model, thousand.rows[:1], review_band=0.02))[0]


@pytest.mark.parametrize(
    ("probability", "sentence"),
    [
        (0.06, "Solvency 10.0 points above the acceptance threshold"),
        (0.36, "Solvency 20.0 points below the acceptance threshold"),
        (0.1599, "Solvency 0.01 points above the acceptance threshold"),
        (0.160001, "Solvency 0.0001 points below the acceptance threshold"),
        (0.16, "Solvency exactly at the acceptance threshold: accepted"),
    ],
)
def test_distance_is_told_in_points_with_as_many_decimals_as_it_needs(probability: float, sentence: str) -> None:
    assert sentences.distance(decided(probability), "en") == sentence


@pytest.mark.parametrize(
    ("probability", "sentence"),
    [
        (0.2, "Out of 100 such clients, about 20 have payment difficulties; the limit is 16."),
        (0.05, "Out of 100 such clients, about 5 have payment difficulties; the limit is 16."),
        (0.011, "Out of 100 such clients, about 1 has payment difficulties; the limit is 16."),
        (0.003, "Out of 1,000 such clients, about 3 have payment difficulties; the limit is 160."),
        (0.0003, "Out of 1,000 such clients, hardly any has payment difficulties; the limit is 160."),
        (0.162, "Out of 1,000 such clients, about 162 have payment difficulties; the limit is 160."),
        (0.1599, "Out of 1,000 such clients, about 160 have payment difficulties, just within the limit."),
        (0.16001, "Out of 1,000 such clients, about 160 have payment difficulties, barely above the limit."),
        (0.16, "Out of 1,000 such clients, about 160 have payment difficulties, just within the limit."),
    ],
)
def test_of_a_hundred_such_clients_so_many_have_difficulties(probability: float, sentence: str) -> None:
    assert sentences.of_hundred(decided(probability), "en") == sentence


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_the_numbers_mean_is_told_in_whole_people_and_never_contradicts_the_verdict(
    risk: float, line: float
) -> None:
    decision = decided(risk, line)
    sentence = sentences.of_hundred(decision, "en").replace("1,000", "1000")
    numbers = [int(word) for word in re.findall(r"\d+", sentence)]
    assert "." not in sentence[:-1]
    if "hardly any" in sentence:
        assert not decision.refused
    elif len(numbers) == 3:
        assert (numbers[1] > numbers[2]) == decision.refused
    else:
        assert ("barely above" in sentence) == decision.refused


@given(st.floats(0, 100), st.floats(0, 100))
def test_two_percentages_that_differ_look_different(one: float, other: float) -> None:
    digits = digits_to_distinguish(one, other)
    assert 1 <= digits <= 6
    assert round(one, digits) != round(other, digits) or digits == 6 or one == other


def test_each_reason_to_review_is_one_sentence_on_the_solvency_scale() -> None:
    both = sentences.why_review(decided(0.16, information=0.31), 0.31, 0.02, "en")
    assert len(both) == 2
    assert "from 82.0% to 86.0%" in both[0]
    assert both[1].startswith("This file holds only 31% of the information")
    assert sentences.why_review(decided(0.5), 1.0, 0.02, "en") == []


def test_every_feature_stands_once_in_the_model_s_order(model: Model, explanation: Explanation) -> None:
    rows = feature_table.feature_rows(explanation, model.bundle, "en", "€")
    assert [row.column for row in rows] == list(model.bundle.sources)
    assert all(row.label != row.column for row in rows)
    assert next(row.unit for row in rows if row.column == "AMT_CREDIT").endswith("€")


def test_older_client_is_higher_than_more_clients(model: Model, thousand: Thousand) -> None:
    rows = [{**thousand.rows[0], "SK_ID_CURR": days, "DAYS_BIRTH": -days} for days in (9000, 16000, 23000)]
    found = explain_clients(model, assess(model, rows, review_band=0.02))
    below = [
        next(
            cast(int, row.below)
            for row in feature_table.feature_rows(each, model.bundle, "en", "")
            if row.column == "DAYS_BIRTH"
        )
        for each in found
    ]
    assert below == sorted(below)
    assert below[0] < 20
    assert below[2] > 80


def test_value_that_is_not_the_client_s_has_no_place_among_clients(model: Model, thousand: Thousand) -> None:
    row = {name: value for name, value in thousand.rows[0].items() if name not in ("EXT_SOURCE_1", "DAYS_ID_PUBLISH")}
    found = explain_clients(model, assess(model, [row], review_band=0.02))[0]
    rows = {row.column: row for row in feature_table.feature_rows(found, model.bundle, "en", "")}
    assert (rows["EXT_SOURCE_1"].place, rows["EXT_SOURCE_1"].origin) == ("", "not given")
    assert (rows["DAYS_ID_PUBLISH"].place, rows["DAYS_ID_PUBLISH"].origin) == ("", "assumed: not given")


@pytest.mark.parametrize("typed", ["SOCIETE", "société", "  Société ", "ORGANIZATION_TYPE"])
def test_features_are_found_without_accents_or_capitals(model: Model, explanation: Explanation, typed: str) -> None:
    rows = feature_table.feature_rows(explanation, model.bundle, "fr", "")
    extra = feature_table.Feature("ORGANIZATION_TYPE", "Société", "", None, "", "", "", "", "", "", "")
    assert extra in feature_table.search_features([*rows, extra], typed)


def test_every_word_that_was_typed_must_be_found(model: Model, explanation: Explanation) -> None:
    rows = feature_table.feature_rows(explanation, model.bundle, "en", "")
    assert feature_table.search_features(rows, "") == rows
    assert feature_table.search_features(rows, "zebra crossing") == []
    assert [row.column for row in feature_table.search_features(rows, "amt credit")] == [
        row.column
        for row in rows
        if "AMT_CREDIT" in row.column or row in feature_table.search_features(rows, "credit amt")
    ]


def test_table_of_contributions_begins_with_the_average_and_ends_with_the_client(explanation: Explanation) -> None:
    rows = sentences.contribution_rows(explanation, "en", "")
    assert len(rows) == len(explanation.contributions) + 2
    assert rows[0]["Feature"] == "Average client"
    assert rows[-1]["Feature"] == "This client"
    assert float(rows[-1][list(rows[-1])[2]]) == pytest.approx(100 * explanation.solvency, abs=0.005)


def test_density_as_a_table_holds_every_client(model: Model) -> None:
    density = solvency_density(model.bundle.population)
    assert density is not None
    rows = sentences.density_rows(density, "en")
    assert len(rows) == len(density.heights)
    assert sum(float(row["Share of clients"].rstrip("%")) for row in rows) == pytest.approx(100, abs=2)


def test_history_that_the_model_does_not_use_is_counted() -> None:
    assert sentences.history_ignored(["BURO_X", "PREV_Y", "CC_COUNT", "TARGET", "CODE_GENDER"]) == 3


def test_facts_are_the_client_s_own_in_the_units_people_use() -> None:
    row = {"DAYS_BIRTH": "-20831", "OCCUPATION_TYPE_Drivers": 1, "AMT_CREDIT": 1000}
    values = dict(sentences.facts(row, ["DAYS_BIRTH", "OCCUPATION_TYPE", "AMT_CREDIT", "CNT_CHILDREN"], "en", "€"))
    assert [value.replace("\N{NO-BREAK SPACE}", " ") for value in values.values()] == [
        "57 years",
        "Driver",
        "1,000 €",
        "not given",
    ]


def test_columns_left_out_on_purpose_are_named_whether_sent_raw_or_encoded(model: Model) -> None:
    sent = ("CODE_GENDER", "NAME_FAMILY_STATUS_Married", "NAME_FAMILY_STATUS_Widow", "BURO_DAYS_CREDIT_MIN")
    expected = [label("CODE_GENDER", "en"), label("NAME_FAMILY_STATUS", "en")]
    assert sentences.left_out(sent, model.bundle, "en") == expected
    assert sentences.left_out(("BURO_DAYS_CREDIT_MIN",), model.bundle, "en") == []
