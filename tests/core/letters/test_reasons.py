"""Which reasons are told: never age or family, what others do, an hour, nor an effect against common sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dictionary.lookup import entry_of
from core.insights.population import median
from core.insights.reason_sentences import is_doubtful
from core.letters.reasons import AGE, choose_reasons
from core.records import Contribution, Explanation, ValueOrigin
from core.scoring.assess import Model, explain_clients
from tests.core.conftest import Thousand

GIVEN = ValueOrigin.GIVEN


def contribution(
    source: str, points: float, value: float | str | None = None, state: ValueOrigin | None = None
) -> Contribution:
    state = state or (ValueOrigin.MISSING if value is None else GIVEN)
    return Contribution(source, -points / 100, points, value, state)


def explanation(*contributions: Contribution) -> Explanation:
    return Explanation(0.0, 1.0, 0.9, 0.7, contributions)


WEAK = (
    contribution("EXT_SOURCE_2", -4.0, 0.1),
    contribution("NAME_EDUCATION_TYPE", -3.0, "Lower secondary"),
    contribution("DAYS_EMPLOYED", -2.0, -100.0),
)


def test_the_strongest_comes_first_and_the_share_counts_what_may_be_told(model: Model) -> None:
    found = choose_reasons(explanation(*WEAK, contribution("CNT_CHILDREN", -1.0, 3.0)), model.bundle.population)
    assert [each.code for each in found.reasons] == ["scores", "education", "employment"]
    assert [each.points for each in found.reasons] == [-4.0, -3.0, -2.0]
    assert found.share == pytest.approx(0.9)
    assert found.withheld == ("CNT_CHILDREN",)
    assert not found.age_withheld
    assert not found.most_is_withheld


@pytest.mark.parametrize("age", sorted(AGE))
def test_age_among_the_four_strongest_is_withheld_and_said(model: Model, age: str) -> None:
    found = choose_reasons(explanation(contribution(age, -9.0, -8000.0), *WEAK), model.bundle.population)
    assert found.age_withheld
    assert found.withheld == (age,)
    assert all(each.source != age for reason in found.reasons for each in reason.contributions)
    assert found.most_is_withheld is (9.0 / 18.0 > 0.5)


def test_age_beyond_the_four_strongest_is_not_mentioned(model: Model) -> None:
    weak = contribution("DAYS_BIRTH", -0.5, -8000.0)
    strong = contribution("AMT_INCOME_TOTAL", -1.0, 30_000.0)
    assert not choose_reasons(explanation(*WEAK, strong, weak), model.bundle.population).age_withheld


def test_what_hardly_counted_is_no_principal_reason(model: Model) -> None:
    weak = contribution("AMT_INCOME_TOTAL", -0.4, 30_000.0)
    found = choose_reasons(explanation(*WEAK, weak), model.bundle.population)
    assert [each.code for each in found.reasons] == ["scores", "education", "employment", "income"]
    assert [each.code for each in found.principal(own=False)] == ["scores", "education", "employment"]
    strong = contribution("AMT_INCOME_TOTAL", -0.5, 30_000.0)
    found = choose_reasons(explanation(*WEAK, strong), model.bundle.population)
    assert [each.code for each in found.principal(own=False)] == ["scores", "education", "employment", "income"]
    assert [each.code for each in found.principal(own=True)] == ["scores", "education", "employment"]


def test_a_telephone_of_today_is_none_on_record_and_what_is_short_of_an_instalment_is_no_debt(model: Model) -> None:
    for column, value in (("DAYS_LAST_PHONE_CHANGE", 0.0), ("INSTAL_PAYMENT_DIFF_MEAN", 2926.0)):
        found = choose_reasons(explanation(contribution(column, -3.0, value)), model.bundle.population)
        assert found.reasons == ()
        assert found.withheld == (column,)
    told = choose_reasons(explanation(contribution("DAYS_LAST_PHONE_CHANGE", -3.0, -30.0)), model.bundle.population)
    assert [each.code for each in told.reasons] == ["phone"]


def test_less_than_half_is_said(model: Model) -> None:
    hidden = contribution("DEF_30_CNT_SOCIAL_CIRCLE", -10.0, 3.0)
    found = choose_reasons(explanation(hidden, *WEAK), model.bundle.population)
    assert found.share == pytest.approx(9.0 / 19.0)
    assert found.most_is_withheld


@pytest.mark.parametrize(
    "hidden",
    [
        contribution("DEF_30_CNT_SOCIAL_CIRCLE", -1.0, 2.0),
        contribution("CNT_FAM_MEMBERS", -1.0, 6.0),
        contribution("REGION_RATING_CLIENT", -1.0, 3.0),
        contribution("EXT_SOURCE_2", -1.0, 0.99),
        contribution("DAYS_EMPLOYED", -1.0, -15_000.0),
        contribution("AMT_INCOME_TOTAL", -1.0, 900_000.0),
        contribution("PREV_WEEKDAY_APPR_PROCESS_START_THURSDAY_MEAN", -1.0, 1.0),
        contribution("AMT_GOODS_PRICE", -1.0, 225_000.0),
        contribution("AMT_GOODS_PRICE", -1.0, 900_000.0),
        contribution("DAYS_REGISTRATION", -1.0, -30.0),
        contribution("REG_CITY_NOT_WORK_CITY", -1.0, 1.0),
        contribution("NAME_INCOME_TYPE", -1.0, "Maternity leave"),
        contribution("NAME_INCOME_TYPE", -1.0, "Working"),
        contribution("ORGANIZATION_TYPE", -1.0, "Trade: type 2"),
        contribution("ORGANIZATION_TYPE", -1.0, "Other"),
        contribution("BURO_DAYS_CREDIT_MAX", -1.0, 12.0),
        contribution("OCCUPATION_TYPE", -1.0, "Drivers", ValueOrigin.UNSEEN),
        contribution("AMT_ANNUITY", -1.0, 30_000.0, ValueOrigin.ASSUMED),
        contribution("INSTAL_DPD_MAX", -1.0, 0.0),
        contribution("OWN_CAR_AGE", -1.0),
    ],
    ids=lambda each: f"{each.source}={each.value}",
)
def test_what_has_no_sense_or_is_nobodys_business_is_not_told(model: Model, hidden: Contribution) -> None:
    found = choose_reasons(explanation(hidden), model.bundle.population)
    assert found.reasons == ()
    assert found.share == 0.0


def test_scores_that_are_low_and_that_lack_are_one_reason(model: Model) -> None:
    found = choose_reasons(explanation(*WEAK[:1], contribution("EXT_SOURCE_1", -1.0)), model.bundle.population)
    assert [(each.code, len(each.contributions)) for each in found.reasons] == [("scores", 2)]


def test_a_reason_that_the_offer_contradicts_is_not_told(model: Model) -> None:
    middle = median(model.bundle.population, "PAYMENT_RATE")
    assert middle is not None
    long_loan = explanation(contribution("PAYMENT_RATE", -1.0, 0.8 * middle))
    population = model.bundle.population
    assert [each.code for each in choose_reasons(long_loan, population).reasons] == ["length"]
    assert choose_reasons(long_loan, population, {"PAYMENT_RATE": 0.5 * middle}).reasons == ()
    assert [each.code for each in choose_reasons(long_loan, population, {"PAYMENT_RATE": middle}).reasons] == ["length"]
    short_loan = explanation(contribution("PAYMENT_RATE", -1.0, 1.5 * middle))
    assert [each.code for each in choose_reasons(short_loan, population).reasons] == ["length"]
    assert choose_reasons(short_loan, population, {"PAYMENT_RATE": 2.0 * middle}).reasons == ()


@given(place=st.integers(0, 999))
def test_no_client_is_told_age_family_or_nonsense(model: Model, thousand: Thousand, place: int) -> None:
    from dataclasses import replace

    aligned = thousand.found.aligned
    one = replace(
        thousand.found,
        aligned=replace(
            aligned,
            ids=aligned.ids[place : place + 1],
            values=aligned.values[place : place + 1],
            states=aligned.states[place : place + 1],
            impossible={},
        ),
    )
    explained = explain_clients(model, one)[0]
    found = choose_reasons(explained, model.bundle.population)
    told = [each for reason in found.reasons for each in reason.contributions]
    assert all(each.points < 0 for each in told)
    assert not any(entry_of(each.source).protected or is_doubtful(each, model.bundle.population) for each in told)
    assert 0.0 <= found.share <= 1.0 + 1e-9
