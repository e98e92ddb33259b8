"""The map of loans: every cell is the assessment of that row, and what is offered is favourable and may be advised."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.alignment.client_id import ID
from core.insights.population import central_range
from core.model.schema import Population
from core.readers.client_store import load_clients
from core.records import Row, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from core.what_if.advice import Advice, ScoredLoan, heavier_than_unfavourable
from core.what_if.loan_offer import LoanMap, loan_row, map_loans, plausible, round_step
from tests.core.samples import raw
from tests.core.small_bundle import small_population

BAND = 0.02
CLIENTS = 24
BETWEEN = ["900103", "900120"]
"""The nearest round offer of these lay, when this was written, between unfavourable points of the map."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    clients = load_clients(Settings().clients_file, synthetic=True)
    return [clients.row(client) for client in (*clients.search("", CLIENTS), *BETWEEN)]


@pytest.fixture(scope="module")
def maps(model: Model, rows: list[Row]) -> list[LoanMap]:
    found = [map_loans(model, row, review_band=BAND) for row in rows]
    return [each for each in found if each is not None]


def scored(model: Model, row: Row, offer: ScoredLoan) -> ScoredLoan:
    found = assess(model, [loan_row(row, amount=offer.amount, instalment=offer.instalment)], review_band=BAND)
    return ScoredLoan(offer.amount, offer.instalment, found.decisions[0])


def no_heavier(one: ScoredLoan, other: ScoredLoan) -> bool:
    return one.amount <= other.amount and one.instalment <= other.instalment and one.payments <= other.payments


def test_another_loan_changes_amount_instalment_goods_price_and_drops_the_ratios() -> None:
    row = raw(AMT_GOODS_PRICE=360000.0, PAYMENT_RATE=0.05, INCOME_PER_PERSON=80000.0)
    found = loan_row(row, amount=300000.0, instalment=18000.0)
    assert (found["AMT_CREDIT"], found["AMT_ANNUITY"], found["AMT_GOODS_PRICE"]) == (300000.0, 18000.0, 270000.0)
    assert "PAYMENT_RATE" not in found
    assert found["INCOME_PER_PERSON"] == 80000.0
    assert loan_row(row, amount=400000.0, instalment=20000.0) == row


def test_every_cell_is_the_assessment_of_its_row_bit_for_bit(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    for row, found in zip(rows[:3], maps, strict=False):
        places = np.argwhere(~np.isnan(found.solvency)).tolist()
        for (y, x), cell in list(zip(places, found.loans, strict=True))[::9]:
            assert (cell.amount, cell.instalment) == (found.amounts[x], found.instalments[y])
            assert scored(model, row, cell) == cell
            assert cell.decision.solvency == found.solvency[y, x]


def test_the_clients_own_cell_has_the_clients_own_answer(model: Model, rows: list[Row], maps: list[LoanMap]) -> None:
    for row, found in zip(rows, maps, strict=True):
        own = assess(model, [row], review_band=BAND).decisions[0]
        assert found.asked.decision == own
        assert found.solvency[list(found.instalments).index(found.asked.instalment), 18] == own.solvency
        assert found.amounts[18] == found.asked.amount


def test_what_is_offered_is_scored_favourable_round_and_no_more_than_asked_for(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    offers = [(row, found) for row, found in zip(rows, maps, strict=True) if found.nearest]
    assert offers
    for row, found in offers:
        assert found.nearest is not None
        assert found.asked.decision.verdict is not Verdict.FAVOURABLE
        again = scored(model, row, found.nearest)
        assert again == found.nearest
        assert again.decision.verdict is Verdict.FAVOURABLE
        assert found.nearest.amount <= found.asked.amount
        assert found.nearest.amount % round_step(found.asked.amount) == 0
        assert found.nearest.instalment % round_step(found.asked.instalment) == pytest.approx(0)


def test_no_round_loan_on_the_map_that_is_nearer_than_the_offer_may_be_advised(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    offers = [(row, found) for row, found in zip(rows, maps, strict=True) if found.nearest]
    for row, found in offers:
        asked, nearest = found.asked, found.nearest
        assert nearest is not None
        step, cents = round_step(asked.amount), round_step(asked.instalment)
        amounts, instalments = np.meshgrid(
            np.arange(1, asked.amount // step + 1) * step, np.arange(1, asked.instalment // cents + 1) * cents
        )
        away = np.hypot(amounts / asked.amount - 1, instalments / asked.instalment - 1)
        reach = math.hypot(nearest.amount / asked.amount - 1, nearest.instalment / asked.instalment - 1)
        close = away < reach - 1e-9
        close &= (amounts >= found.amounts[0]) & (instalments >= found.instalments[0])
        close &= plausible(amounts, instalments, model.bundle.population)
        # The farthest of them are those that a shorter search would have missed.
        last = np.argsort(-away[close])[:300]
        loans = list(zip(amounts[close][last].tolist(), instalments[close][last].tolist(), strict=True))
        nearer = [{**loan_row(row, amount=a, instalment=b), ID: place} for place, (a, b) in enumerate(loans)]
        if nearer:
            decisions = assess(model, nearer, review_band=BAND).decisions
            favourable = [
                loan for loan, each in zip(loans, decisions, strict=True) if each.verdict is Verdict.FAVOURABLE
            ]
            assert heavier_than_unfavourable(favourable, found.loans).all()


def test_no_advised_loan_is_larger_or_at_least_as_heavy_as_an_unfavourable_one(maps: list[LoanMap]) -> None:
    for found in maps:
        unfavourable = [each for each in found.loans if not each.favourable]
        advised = [each for each, advice in zip(found.loans, found.advice, strict=True) if advice is Advice.ADVISED]
        for each in [*advised, *([found.nearest] if found.nearest else [])]:
            assert each.favourable
            assert each.amount <= found.asked.amount
            assert each.instalment <= found.asked.instalment
            assert not [other for other in unfavourable if no_heavier(other, each)]


def test_what_is_hatched_is_what_the_model_accepts_and_is_not_advised(maps: list[LoanMap]) -> None:
    for found in maps:
        drawn = ~np.isnan(found.solvency)
        accepted = np.array([not each.decision.refused for each in found.loans])
        advised = np.array([each in (Advice.ADVISED, Advice.ASKED_FOR) for each in found.advice])
        assert (found.withheld[drawn] == (accepted & ~advised)).all()
        assert not found.withheld[~drawn].any()
        assert found.advice.count(Advice.ASKED_FOR) == 1


def test_a_favourable_client_is_offered_no_other_loan(maps: list[LoanMap]) -> None:
    favourable = [found for found in maps if found.asked.favourable]
    assert favourable
    assert {found.nearest for found in favourable} == {None}


def test_loans_the_model_has_not_seen_are_left_out(model: Model, maps: list[LoanMap]) -> None:
    low, high = central_range(model.bundle.population, "PAYMENT_RATE") or (0.0, 0.0)
    assert (low, high) != (0.0, 0.0)
    for found in maps:
        rate = found.instalments[:, None] / found.amounts[None, :]
        left = ~np.isnan(found.solvency)
        left[13, 18] = False
        assert ((rate >= low) & (rate <= high))[left].all()
        assert np.isnan(found.solvency[rate > high]).sum() >= (rate > high).sum() - 1


@pytest.mark.parametrize(("amount", "instalment", "kept"), [(600.0, 1.0, True), (601.0, 1.0, False), (5.0, 6.0, False)])
def test_where_nobody_knows_what_was_seen_a_loan_has_1_to_600_payments(
    amount: float, instalment: float, kept: bool
) -> None:
    assert plausible(np.array([amount]), np.array([instalment]), Population()).tolist() == [kept]


def test_amounts_beyond_those_of_the_clients_are_left_out() -> None:
    amounts, instalments = np.array([0.5, 1.0, 100.0, 101.0]), np.array([0.1, 0.1, 1.0, 1.0])
    assert plausible(amounts, instalments, small_population()).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("value", "step"), [(500000.0, 5000.0), (24246.0, 200.0), (100000.0, 1000.0), (180.0, 1.0), (30.0, 1.0)]
)
def test_a_bank_rounds_to_1_2_or_5_of_about_a_hundredth(value: float, step: float) -> None:
    assert round_step(value) == step


@pytest.mark.parametrize("lacking", [{"AMT_ANNUITY": None}, {"AMT_ANNUITY": 0.0}, {"AMT_ANNUITY": ""}])
def test_without_an_instalment_there_is_no_map(model: Model, rows: list[Row], lacking: dict[str, object]) -> None:
    assert map_loans(model, {**rows[0], **lacking}, review_band=BAND) is None


def test_without_a_goods_price_there_is_a_map_of_amount_and_instalment_alone(model: Model, rows: list[Row]) -> None:
    row = {**rows[0], "AMT_GOODS_PRICE": None}
    assert map_loans(model, row, review_band=BAND) is not None
    assert "AMT_GOODS_PRICE" in loan_row(row, amount=1.0, instalment=1.0)
    assert loan_row(row, amount=1.0, instalment=1.0)["AMT_GOODS_PRICE"] is None


def test_a_client_of_whom_too_little_is_known_is_offered_nothing(model: Model) -> None:
    little = {ID: 1, "AMT_CREDIT": 400000.0, "AMT_ANNUITY": 20000.0, "AMT_INCOME_TOTAL": 1e5, "DAYS_BIRTH": -15000}
    found = map_loans(model, little, review_band=BAND)
    assert found is not None
    assert found.nearest is None
    assert Advice.ADVISED not in found.advice
    assert not any(each.favourable for each in found.loans)
