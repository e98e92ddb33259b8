"""The four verbs joined: all or nothing, or the good rows kept; and a model that must prove itself at start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.alignment.aligner import Aligner
from core.errors import BundleError, InputRefused
from core.model.bundle import write_bundle
from core.model.schema import BundleSpec, Golden
from core.records import ReviewReason, ValueOrigin, Verdict
from core.scoring.assess import Model, assess, explain_clients, open_model, verify_golden
from tests.core.conftest import Thousand
from tests.core.samples import without
from tests.core.small_bundle import loaded, train_text

BAND = 0.02


def test_one_bad_row_and_nothing_is_scored(model: Model, thousand: Thousand) -> None:
    rows = [thousand.rows[0], {**thousand.rows[1], "AMT_CREDIT": "x"}, thousand.rows[2]]
    with pytest.raises(InputRefused) as refused:
        assess(model, rows, review_band=BAND)
    assert [(problem.code, problem.row) for problem in refused.value.problems] == [("text_in_number", 2)]
    assert refused.value.code == "text_in_number"


def test_refusal_counts_every_problem(model: Model) -> None:
    with pytest.raises(InputRefused) as refused:
        assess(model, [{"SK_ID_CURR": None}] * 1200, review_band=BAND)
    assert (len(refused.value.problems), refused.value.total) == (1200, 1200)


def test_good_rows_are_kept_on_request_and_bad_ones_listed(model: Model, thousand: Thousand) -> None:
    rows = [thousand.rows[0], {**thousand.rows[1], "AMT_CREDIT": "x"}, thousand.rows[2]]
    found = assess(model, rows, review_band=BAND, keep_good=True)
    assert found.aligned.rows == (1, 3)
    assert found.probability.tolist() == thousand.found.probability[[0, 2]].tolist()
    assert [problem.row for problem in found.aligned.refused] == [2]
    assert len(found) == 2


def test_only_bad_rows_leave_nobody(model: Model) -> None:
    found = assess(model, [{}, 5], review_band=BAND, keep_good=True)
    assert (len(found), found.probability.shape, found.decisions) == (0, (0,), ())
    assert explain_clients(model, found) == ()


def test_information_is_the_weight_of_what_was_given_or_derived(model: Model, thousand: Thousand) -> None:
    for index in range(20):
        states = thousand.found.aligned.states[index]
        expected = sum(
            column.weight
            for column, state in zip(model.bundle.columns, states, strict=True)
            if state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED)
        )
        assert thousand.found.information[index] == pytest.approx(expected, rel=0, abs=1e-12)


def test_whole_file_holds_all_the_information(model: Model, thousand: Thousand) -> None:
    full = {name: 0.5 for name in model.bundle.names if name.startswith("EXT_SOURCE")}
    row = {**thousand.rows[0], **full}
    assert assess(model, [row], review_band=BAND).information[0] <= 1.0 + 1e-9


def test_thin_file_is_scored_and_to_review(model: Model) -> None:
    row = {"SK_ID_CURR": 1, "AMT_CREDIT": 300000, "AMT_INCOME_TOTAL": 150000, "DAYS_BIRTH": -15000}
    found = assess(model, [row], review_band=0.0)
    assert found.information[0] < 0.5
    assert found.decisions[0].verdict is Verdict.TO_REVIEW
    assert found.decisions[0].why_review == (ReviewReason.TOO_LITTLE_KNOWN,)


def test_decisions_follow_the_bundle_s_threshold(model: Model, thousand: Thousand) -> None:
    threshold = model.bundle.policy.threshold
    for risk, decision in zip(thousand.found.probability, thousand.found.decisions, strict=True):
        assert (decision.probability, decision.threshold) == (risk, threshold)
        assert decision.refused == (risk > threshold)
    assert {decision.refused for decision in thousand.found.decisions} == {True, False}


def test_empty_cells_of_a_loan_are_not_a_loan_of_nothing(model: Model, thousand: Thousand) -> None:
    bare = without(thousand.rows[0], "AMT_ANNUITY")
    found = assess(model, [bare, {**bare, "SK_ID_CURR": 1, "AMT_ANNUITY": 0}], review_band=BAND)
    assert found.probability[0] != found.probability[1]
    slot = model.bundle.names.index("AMT_ANNUITY")
    assert found.aligned.values[0, slot] > 0
    assert found.aligned.states[0, slot] == ValueOrigin.ASSUMED


def test_model_that_ships_proves_itself_on_ten_golden_rows(model: Model) -> None:
    assert len(model.bundle.golden) == 10
    verify_golden(model, "model")


def test_written_bundle_opens(contents: BundleSpec, tmp_path: Path) -> None:
    digest = write_bundle(contents, tmp_path / "small")
    opened = open_model(tmp_path / "small")
    assert opened.bundle.digest == digest
    risks = assess(opened, [dict(each.row) for each in contents.golden], review_band=0.0).probability
    assert risks.tolist() == pytest.approx([each.probability for each in contents.golden], rel=0, abs=1e-12)


def test_other_trees_than_the_golden_rows_were_scored_with_are_refused(contents: BundleSpec, tmp_path: Path) -> None:
    write_bundle(msgspec.structs.replace(contents, model=train_text(2)), tmp_path / "small")
    with pytest.raises(BundleError, match="The model in small cannot be used: its golden rows do not get"):
        open_model(tmp_path / "small")


@pytest.mark.parametrize("shift", [1e-9, -0.3])
def test_golden_probability_that_was_touched_is_refused(contents: BundleSpec, tmp_path: Path, shift: float) -> None:
    first, second = contents.golden
    touched = (first, Golden(second.row, second.probability + shift))
    write_bundle(msgspec.structs.replace(contents, golden=touched), tmp_path / "small")
    with pytest.raises(BundleError, match="golden rows"):
        open_model(tmp_path / "small")


def test_how_far_a_golden_probability_is_off_is_measured(contents: BundleSpec) -> None:
    first, second = contents.golden
    bundle = loaded(msgspec.structs.replace(contents, golden=(Golden(first.row, first.probability - 5e-13), second)))
    opened = Model(bundle, Aligner(bundle.columns))
    assert verify_golden(opened, "small") == pytest.approx(5e-13, rel=0.1)
    assert verify_golden(Model(replace(bundle, golden=()), opened.aligner), "small") == 0.0


def test_golden_rows_of_which_one_cannot_be_read_are_refused_by_the_bundle_s_name(contents: BundleSpec) -> None:
    """Not as a client's mistake: who starts the server is told which folder is damaged."""
    bundle = loaded(contents)
    touched = (*bundle.golden, Golden({"SK_ID_CURR": "x"}, 0.5))
    with pytest.raises(BundleError, match="The model in small cannot be used: its golden rows do not get"):
        verify_golden(Model(replace(bundle, golden=touched), Aligner(bundle.columns)), "small")


def test_golden_row_that_would_be_refused_is_a_finding_about_the_bundle(contents: BundleSpec, tmp_path: Path) -> None:
    first, second = contents.golden
    row = {name: cell for name, cell in second.row.items() if name != "AMT_CREDIT"}
    touched = (first, Golden(row, second.probability))
    write_bundle(msgspec.structs.replace(contents, golden=touched), tmp_path / "small")
    with pytest.raises(BundleError, match="golden rows"):
        open_model(tmp_path / "small")


def test_columns_in_another_order_than_the_trees_are_noticed(contents: BundleSpec) -> None:
    swapped = (contents.columns[1], contents.columns[0], *contents.columns[2:])
    bundle = replace(loaded(contents), columns=swapped)
    with pytest.raises(BundleError, match="golden rows"):
        verify_golden(Model(bundle, Aligner(swapped)), "small")
