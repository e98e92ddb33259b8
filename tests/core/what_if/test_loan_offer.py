"""The map of loans: every cell is the assessment of that row, and what is offered is really favourable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.client_id import ID
from core.insights.population import seen
from core.model.schema import Population
from core.readers.client_store import load_clients
from core.records import Row, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from core.what_if.loan_offer import LoanMap, Offer, loan_row, map_loans, plausible, round_step
from tests.core.conftest import Thousand
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


def scored(model: Model, row: Row, offer: Offer) -> Offer:
    found = assess(model, [loan_row(row, amount=offer.amount, annuity=offer.annuity)], review_band=BAND)
    return Offer(offer.amount, offer.annuity, found.decisions[0])


def test_another_loan_changes_amount_annuity_goods_price_and_drops_the_ratios() -> None:
    row = raw(AMT_GOODS_PRICE=360000.0, PAYMENT_RATE=0.05, INCOME_PER_PERSON=80000.0)
    found = loan_row(row, amount=300000.0, annuity=18000.0)
    assert (found["AMT_CREDIT"], found["AMT_ANNUITY"], found["AMT_GOODS_PRICE"]) == (300000.0, 18000.0, 270000.0)
    assert "PAYMENT_RATE" not in found
    assert found["INCOME_PER_PERSON"] == 80000.0
    assert loan_row(row, amount=400000.0, annuity=20000.0) == row


def test_every_cell_is_the_assessment_of_its_row_bit_for_bit(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    for row, found in zip(rows[:3], maps, strict=False):
        places = np.argwhere(~np.isnan(found.solvency)).tolist()
        for (y, x), cell in list(zip(places, found.cells, strict=True))[::9]:
            assert (cell.amount, cell.annuity) == (found.amounts[x], found.annuities[y])
            assert scored(model, row, cell) == cell
            assert cell.decision.solvency == found.solvency[y, x]


def test_the_clients_own_cell_has_the_clients_own_answer(model: Model, rows: list[Row], maps: list[LoanMap]) -> None:
    for row, found in zip(rows, maps, strict=True):
        own = assess(model, [row], review_band=BAND).decisions[0]
        assert found.asked.decision == own
        assert found.solvency[list(found.annuities).index(found.asked.annuity), 18] == own.solvency
        assert found.amounts[18] == found.asked.amount


def test_what_is_offered_is_scored_favourable_round_and_no_more_than_asked_for(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    offers = [(row, found) for row, found in zip(rows, maps, strict=True) if found.nearest]
    assert offers
    for row, found in offers:
        assert found.nearest is not None
        assert found.furthest is None
        assert found.asked.decision.verdict is not Verdict.FAVOURABLE
        again = scored(model, row, found.nearest)
        assert again == found.nearest
        assert again.decision.verdict is Verdict.FAVOURABLE
        assert found.nearest.amount <= found.asked.amount
        assert found.nearest.amount % round_step(found.asked.amount) == 0
        assert found.nearest.annuity % round_step(found.asked.annuity) == pytest.approx(0)


def test_no_round_loan_on_the_map_that_is_nearer_than_the_offer_is_favourable(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    offers = [(row, found) for row, found in zip(rows, maps, strict=True) if found.nearest]
    for row, found in offers:
        asked, nearest = found.asked, found.nearest
        assert nearest is not None
        step, cents = round_step(asked.amount), round_step(asked.annuity)
        amounts, annuities = np.meshgrid(
            np.arange(1, asked.amount // step + 1) * step, np.arange(1, found.annuities[-1] // cents + 1) * cents
        )
        away = np.hypot(amounts / asked.amount - 1, annuities / asked.annuity - 1)
        reach = math.hypot(nearest.amount / asked.amount - 1, nearest.annuity / asked.annuity - 1)
        close = away < reach - 1e-9
        close &= (amounts >= found.amounts[0]) & (annuities >= found.annuities[0])
        close &= plausible(amounts, annuities, model.bundle.population)
        # The farthest of them are those that a shorter search would have missed.
        last = np.argsort(-away[close])[:300]
        loans = zip(amounts[close][last].tolist(), annuities[close][last].tolist(), strict=True)
        nearer = [{**loan_row(row, amount=a, annuity=b), ID: place} for place, (a, b) in enumerate(loans)]
        if nearer:
            decisions = assess(model, nearer, review_band=BAND).decisions
            assert Verdict.FAVOURABLE not in {each.verdict for each in decisions}


def test_a_favourable_client_hears_how_far_the_amount_could_go(
    model: Model, rows: list[Row], maps: list[LoanMap]
) -> None:
    going = [(row, found) for row, found in zip(rows, maps, strict=True) if found.furthest]
    assert going
    for row, found in going:
        assert found.furthest is not None
        assert found.nearest is None
        assert scored(model, row, found.furthest) == found.furthest
        assert found.furthest.decision.verdict is Verdict.FAVOURABLE
        assert found.furthest.amount > found.asked.amount
        assert found.furthest.payments == pytest.approx(found.asked.payments, rel=0.01)


def test_loans_the_model_has_not_seen_are_left_out(model: Model, maps: list[LoanMap]) -> None:
    low, high = seen(model.bundle.population, "PAYMENT_RATE") or (0.0, 0.0)
    assert (low, high) != (0.0, 0.0)
    for found in maps:
        rate = found.annuities[:, None] / found.amounts[None, :]
        left = ~np.isnan(found.solvency)
        left[13, 18] = False
        assert ((rate >= low) & (rate <= high))[left].all()
        assert np.isnan(found.solvency[rate > high]).sum() >= (rate > high).sum() - 1


@pytest.mark.parametrize(("amount", "annuity", "kept"), [(600.0, 1.0, True), (601.0, 1.0, False), (5.0, 6.0, False)])
def test_where_nobody_knows_what_was_seen_a_loan_has_1_to_600_payments(
    amount: float, annuity: float, kept: bool
) -> None:
    assert plausible(np.array([amount]), np.array([annuity]), Population()).tolist() == [kept]


def test_amounts_beyond_those_of_the_clients_are_left_out() -> None:
    amounts, annuities = np.array([0.5, 1.0, 100.0, 101.0]), np.array([0.1, 0.1, 1.0, 1.0])
    assert plausible(amounts, annuities, small_population()).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("value", "step"), [(500000.0, 5000.0), (24246.0, 200.0), (100000.0, 1000.0), (180.0, 1.0), (30.0, 1.0)]
)
def test_a_bank_rounds_to_1_2_or_5_of_about_a_hundredth(value: float, step: float) -> None:
    assert round_step(value) == step


@pytest.mark.parametrize("lacking", [{"AMT_ANNUITY": None}, {"AMT_ANNUITY": 0.0}, {"AMT_ANNUITY": ""}])
def test_without_an_annuity_there_is_no_map(model: Model, rows: list[Row], lacking: dict[str, object]) -> None:
    assert map_loans(model, {**rows[0], **lacking}, review_band=BAND) is None


def test_without_a_goods_price_there_is_a_map_of_amount_and_annuity_alone(model: Model, rows: list[Row]) -> None:
    row = {**rows[0], "AMT_GOODS_PRICE": None}
    assert map_loans(model, row, review_band=BAND) is not None
    assert "AMT_GOODS_PRICE" in loan_row(row, amount=1.0, annuity=1.0)
    assert loan_row(row, amount=1.0, annuity=1.0)["AMT_GOODS_PRICE"] is None


def test_a_client_of_whom_too_little_is_known_is_offered_nothing(model: Model) -> None:
    little = {ID: 1, "AMT_CREDIT": 400000.0, "AMT_ANNUITY": 20000.0, "AMT_INCOME_TOTAL": 1e5, "DAYS_BIRTH": -15000}
    found = map_loans(model, little, review_band=BAND)
    assert found is not None
    assert (found.nearest, found.furthest) == (None, None)
    assert not any(each.favourable for each in found.cells)


def test_on_no_map_is_a_larger_loan_at_the_same_annuity_rated_higher(maps: list[LoanMap]) -> None:
    assert [found.habit for found in maps] == [0.0] * len(maps)


@pytest.mark.parametrize("same", ["terms", "annuity"])
@given(place=st.integers(0, 999), most=st.floats(1.1, 3.0))
def test_borrowing_more_on_the_same_terms_or_at_the_same_annuity_never_raises_the_solvency(
    model: Model, thousand: Thousand, same: str, place: int, most: float
) -> None:
    row = thousand.rows[place]
    amount, annuity = (float(str(row[column])) for column in ("AMT_CREDIT", "AMT_ANNUITY"))
    rows = [
        {**loan_row(row, amount=amount * times, annuity=annuity * (times if same == "terms" else 1.0)), ID: number}
        for number, times in enumerate(np.linspace(0.5, most, 9).tolist())
    ]
    found = assess(model, rows, review_band=BAND)
    assert (np.diff(found.probability) >= 0.0).all()
