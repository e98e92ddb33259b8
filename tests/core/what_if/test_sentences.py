"""What is said of simulations and offers: tables that add up as printed, and sentences with the numbers scored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.i18n.translations import LANGUAGES, Language, translate
from core.records import Decision, Verdict
from core.scoring.assess import Model
from core.scoring.decision import decide
from core.what_if.advice import Advice, ScoredLoan, advise
from core.what_if.loan_offer import LoanMap
from core.what_if.sentences import (
    change_lines,
    field_label,
    format_edit,
    loan_rows,
    move_rows,
    offer_sentences,
    outside_sentences,
    scenario_rows,
    simulation_summary,
    withheld_sentence,
)
from core.what_if.simulation import moves, simulate
from tests.core.conftest import Thousand
from tests.core.samples import raw


def decision(probability: float) -> Decision:
    return decide(probability=probability, threshold=0.16, review_band=0.02, information=0.9)


def loans(asked: float, nearest: ScoredLoan | None = None, smaller: float = 0.2) -> LoanMap:
    """A map of the loan asked for, a smaller one and a larger one, with these probabilities of default."""
    own = ScoredLoan(500000.0, 25000.0, decision(asked))
    row = (ScoredLoan(250000.0, 25000.0, decision(smaller)), own, ScoredLoan(900000.0, 25000.0, decision(0.01)))
    amounts = np.array([each.amount for each in row])
    solvency = np.array([[each.decision.solvency for each in row]])
    return LoanMap(amounts, np.array([25000.0]), solvency, row, advise(row, own), own, nearest)


def test_the_nearest_offer_in_a_sentence() -> None:
    offer = ScoredLoan(400000.0, 20000.0, decision(0.1))
    assert offer_sentences(loans(0.3, offer), 0.9, "en", "€") == [
        "**The nearest loan that may be advised is 400,000\N{NO-BREAK SPACE}€, in about 20 instalments of "
        "20,000\N{NO-BREAK SPACE}€**, before interest, with a solvency of 90.0% and a favourable opinion. "
        "Asked for: 500,000\N{NO-BREAK SPACE}€, in about 20 instalments of 25,000\N{NO-BREAK SPACE}€."
    ]


def test_the_amount_asked_for_in_other_instalments_in_a_sentence() -> None:
    offer = ScoredLoan(500000.0, 20000.0, decision(0.1))
    assert offer_sentences(loans(0.3, offer), 0.9, "en", "") == [
        "**The amount asked for, 500,000, may be advised in about 25 instalments of 20,000** instead of about 20 of "
        "25,000, before interest, with a solvency of 90.0% and a favourable opinion."
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_in_reach_is_said_with_the_best_of_what_is_no_larger(language: Language) -> None:
    best = "80.0%" if language == "en" else "80,0\N{NARROW NO-BREAK SPACE}%"
    assert offer_sentences(loans(0.3), 0.9, language, "") == [translate("offer.none", language, best=best)]


def test_a_client_whose_loan_is_favourable_hears_that_and_of_no_larger_one() -> None:
    assert offer_sentences(loans(0.05), 0.9, "en", "") == [
        "**The loan asked for gets a favourable opinion**: 500,000, in about 20 instalments of 25,000, with a solvency "
        "of 95.0%. No other loan is needed, and a larger one is never advised."
    ]


def test_where_the_best_in_reach_is_to_review_that_is_said_for_it_may_lie_over_the_line() -> None:
    found = loans(0.145)
    assert found.asked.decision.verdict is Verdict.TO_REVIEW
    told = offer_sentences(found, 0.9, "en", "")[0]
    assert told.endswith("among them is 85.5%, close enough to the acceptance threshold for a person to examine it.")


def test_where_all_that_is_favourable_is_withheld_the_sentence_says_so() -> None:
    told = offer_sentences(loans(0.3, smaller=0.05), 0.9, "en", "")[0]
    assert "get a favourable opinion, up to a solvency of 95.0%, but for each of them there is a smaller" in told


def test_what_is_hatched_is_explained_by_the_reasons_that_occur() -> None:
    assert loans(0.3).advice == (Advice.NOT_ACCEPTED, Advice.ASKED_FOR, Advice.LARGER)
    assert withheld_sentence(loans(0.3), "en") == (
        "Hatched: loans that the model accepts and that are not advised, because they are larger than the one asked "
        "for."
    )
    several = replace(loans(0.3), advice=(Advice.TO_REVIEW, Advice.HEAVIER, Advice.LARGER))
    assert withheld_sentence(several, "en") == (
        "Hatched: loans that the model accepts and that are not advised, because they are larger than the one asked "
        "for, a person should examine them or they are no smaller, no cheaper per instalment and no shorter than a "
        "loan that gets no favourable opinion."
    )
    assert withheld_sentence(several, "fr") == (
        "Hachuré\N{NARROW NO-BREAK SPACE}: des crédits que le modèle accepte et qui ne sont pas conseillés, parce "
        "qu’ils dépassent le montant demandé, qu’une personne doit les examiner ou qu’ils ne sont ni "
        "moins élevés, ni moins chers à chaque échéance, ni moins longs qu’un crédit sans avis favorable."
    )
    assert withheld_sentence(replace(several, advice=(Advice.ADVISED,)), "en") is None


def test_the_table_of_the_map_says_what_is_advised() -> None:
    rows = loan_rows(loans(0.3, smaller=0.1), "en")
    assert [list(row.values()) for row in rows] == [
        ["250,000", "25,000", "10.0", "90.0%", "Favourable opinion", "Advised"],
        ["500,000", "25,000", "20.0", "70.0%", "Unfavourable opinion", "Asked for"],
        ["900,000", "25,000", "36.0", "99.0%", "Favourable opinion", "Not advised: larger than asked for"],
    ]


def test_too_little_known_is_said_first() -> None:
    assert "42%" in offer_sentences(loans(0.05), 0.42, "en", "")[0]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("AMT_CREDIT", 400000.0, "400,000\N{NO-BREAK SPACE}€"),
        ("DAYS_EMPLOYED", 4.8, "4.8 years"),
        ("DAYS_EMPLOYED", 0.0, "0 days"),
        ("DAYS_EMPLOYED", 1e308, "∞ years"),
        ("FLAG_OWN_CAR", "Y", "Yes"),
        ("CNT_CHILDREN", 2.0, "2"),
        ("AMT_ANNUITY", None, "not given"),
    ],
)
def test_a_value_is_said_as_people_know_it(column: str, value: float | str | None, words: str) -> None:
    assert format_edit(column, value, "en", "€") == words


def test_a_field_names_the_unit_it_is_edited_in() -> None:
    assert field_label("AMT_CREDIT", "fr", "€") == "Montant du crédit (€)"
    assert field_label("AMT_CREDIT", "fr", "") == "Montant du crédit"
    assert field_label("DAYS_EMPLOYED", "en", "€") == "Time in the current job (years)"


def test_what_is_changed_is_told_in_the_order_of_the_fields() -> None:
    edits: dict[str, float | str] = {"FLAG_OWN_CAR": "Y", "AMT_CREDIT": 300000.0, "AMT_ANNUITY": 20000.0}
    assert change_lines(raw(), edits, "en", "") == ["Loan amount: 400,000 → 300,000", "Owns a car: No → Yes"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_what_moved_adds_up_as_printed(model: Model, thousand: Thousand, language: Language) -> None:
    points = translate("simulation.points", language)
    for row in thousand.rows[:40]:
        found = simulate(
            model, row, {"AMT_INCOME_TOTAL": 87654.0, "NAME_HOUSING_TYPE": "With parents"}, review_band=0.02
        )
        rows = move_rows(moves(model, found), found.before.decisions[0], found.after.decisions[0], language, "")
        printed = [each[points].rstrip("%\N{NARROW NO-BREAK SPACE}").replace(",", ".") for each in rows]
        numbers = [float(each.replace("\N{MINUS SIGN}", "-")) for each in printed]
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)
        for number, answer in ((numbers[0], found.before), (numbers[-1], found.after)):
            assert number == pytest.approx(100.0 * answer.decisions[0].solvency, abs=0.0501)


def test_kept_simulations_stand_beside_the_file_and_one_that_cannot_be_says_why(
    model: Model, thousand: Thousand
) -> None:
    row = thousand.rows[0]
    kept = {"Better": {"AMT_INCOME_TOTAL": 900000.0}, "Odd": {"AMT_ANNUITY": 1e9}}
    rows = scenario_rows(model, row, kept, review_band=0.02, language="en", currency="")
    assert [each["Name"] for each in rows] == ["As the file is", "Better", "Odd"]
    assert rows[0]["What is changed"] == ""
    assert rows[2]["Opinion"] == translate("problem.simulation_instalment", "en")
    assert rows[2]["Solvency"] == ""


def test_what_a_simulation_takes_beyond_the_model_is_said_and_only_that(model: Model, thousand: Thousand) -> None:
    row = {**thousand.rows[0], "AMT_CREDIT": 400000.0, "AMT_ANNUITY": 20000.0, "OWN_CAR_AGE": 90.0}
    near = simulate(model, row, {"AMT_ANNUITY": 25000.0}, review_band=0.02)
    assert outside_sentences(model, near, "en", "") == []
    far = outside_sentences(model, simulate(model, row, {"AMT_ANNUITY": 90000.0}, review_band=0.02), "en", "")
    assert [sentence for sentence in far if "Instalment as a share of the loan" in sentence and "22.5%" in sentence]
    assert not [sentence for sentence in far if "car" in sentence]


def test_paper_says_what_the_file_itself_gets(model: Model, thousand: Thousand) -> None:
    edits = {"AMT_INCOME_TOTAL": 900000.0}
    found = simulate(model, thousand.rows[0], edits, review_band=0.02)
    told = simulation_summary(found, thousand.rows[0], edits, "en", "")
    assert told[0].endswith("→ 900,000")
    assert told[-1].startswith("**The file as it is**: solvency ")
