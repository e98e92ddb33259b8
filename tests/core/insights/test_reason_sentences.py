"""One reason as a sentence: its place among clients, its points, and what an officer should know of it."""

from __future__ import annotations

import re

import pytest
from msgspec import structs

from core.i18n.translations import LANGUAGES, Language
from core.insights.reason_sentences import holds_black_box, reason, reasons_in_words
from core.model.bundle import Bundle
from core.model.schema import CategoryShares, NumberShares, Population
from core.records import Contribution, ValueOrigin
from core.scoring.applicability import mark_absences
from core.scoring.assess import Model, explain_clients
from core.scoring.explanation import reasons
from tests.core.conftest import Thousand
from tests.core.small_bundle import loaded, small_contents

MARK: dict[Language, str] = {
    "en": "Effect against common sense: do not quote it to the client.",
    "fr": "Effet contraire au bon sens\N{NARROW NO-BREAK SPACE}: ne pas le citer au client.",
}
GRID = tuple(step / 20 for step in range(1, 20))


def spread(low: float, high: float, missing: float = 0.0) -> dict[str, NumberShares]:
    """Numbers spread evenly from low to high."""
    return {"all": NumberShares(missing, tuple(low + share * (high - low) for share in GRID))}


POPULATION = Population(
    n=1000,
    grid=GRID,
    numbers={
        "EXT_SOURCE_2": spread(0.0, 1.0, missing=0.21),
        "AMT_INCOME_TOTAL": spread(0.0, 100_000.0),
        "DAYS_BIRTH": spread(-25_000.0, -8_000.0),
        "DAYS_EMPLOYED": spread(-10_000.0, 0.0),
        "CNT_CHILDREN": spread(0.0, 3.0),
        "DEF_30_CNT_SOCIAL_CIRCLE": spread(0.0, 1.1),
        "PREV_NAME_CONTRACT_STATUS_Refused_MEAN": spread(0.0, 0.5),
        "BURO_DAYS_CREDIT_MAX": spread(-2000.0, 0.0, missing=0.1),
        "BURO_DAYS_CREDIT_ENDDATE_MAX": spread(-1000.0, 1000.0),
        "POS_MONTHS_BALANCE_MIN": spread(-90.0, 0.0),
        "INSTAL_DPD_MAX": spread(0.0, 20.0),
        "CC_AMT_BALANCE_MEAN": spread(0.0, 1000.0),
        "APPROVED_HOUR_APPR_PROCESS_START_MAX": spread(8.0, 20.0),
    },
    categories={
        "CNT_CHILDREN": {"all": CategoryShares(0.0, {"0": 0.7, "1": 0.18, "2": 0.12})},
        "NAME_EDUCATION_TYPE": {"all": CategoryShares(0.0, {"Higher education": 0.25, "Lower secondary": 0.75})},
    },
)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return loaded(structs.replace(small_contents(), population=POPULATION))


def told(
    bundle: Bundle,
    source: str,
    value: float | str | None,
    points: float,
    *,
    state: ValueOrigin = ValueOrigin.GIVEN,
    first: bool = False,
    language: Language = "en",
) -> str:
    return reason(Contribution(source, -points / 10, points, value, state), bundle, language, "", {}, first=first)


@pytest.mark.parametrize(
    ("source", "value", "points", "fact", "effect"),
    [
        (
            "EXT_SOURCE_2",
            0.2,
            -6.0,
            "External score 2 (0.200)**: lower than for 4 clients in 5",
            "6.0 points",
        ),
        (
            "EXT_SOURCE_2",
            0.9,
            1.0,
            "External score 2 (0.900)**: higher than for 9 clients in 10",
            "1.0 point",
        ),
        ("DAYS_BIRTH", -23_300.0, 2.5, "Age (63 years)**: older than 9 clients in 10", "2.5 points"),
        (
            "DAYS_EMPLOYED",
            -500.0,
            -0.04,
            "Time in the current job (1.4 years)**: shorter than for 19 clients in 20",
            "0.04 points",
        ),
        ("CNT_CHILDREN", 0.0, 0.5, "Number of children (0)**: as for 2 clients in 3", "0.5 points"),
        (
            "CNT_CHILDREN",
            2.0,
            -0.5,
            "Number of children (2)**: more than for 9 clients in 10",
            "0.5 points",
        ),
        (
            "NAME_EDUCATION_TYPE",
            "Higher education",
            1.5,
            "Level of education (Higher education)**: as for one client in four",
            "1.5 points",
        ),
        (
            "EXT_SOURCE_2",
            0.51,
            -0.5,
            "External score 2 (0.510)**: close to the clients’ median",
            "0.5 points",
        ),
        (
            "DEF_30_CNT_SOCIAL_CIRCLE",
            1.0,
            -0.5,
            "Number of people around the client in default (30 days): 1**, more than for 9 clients in 10",
            "0.5 points",
        ),
        ("OWN_CAR_AGE", 3.0, 0.2, "Age of the car (3 years)**", "0.2 points"),
    ],
)
def test_reason_says_value_place_and_points(
    bundle: Bundle, source: str, value: float | str, points: float, fact: str, effect: str
) -> None:
    sign = "+" if points > 0 else "−"
    assert told(bundle, source, value, points) == f"**{fact}; {sign}{effect}."


def test_the_largest_reason_is_said_to_be_the_largest_in_both_languages(bundle: Bundle) -> None:
    english = told(bundle, "EXT_SOURCE_2", 0.2, -6.0, first=True)
    french = told(bundle, "EXT_SOURCE_2", 0.2, -6.0, first=True, language="fr")
    assert english.endswith("; strongest point against: −6.0 points.")
    assert re.sub(r"[\u00a0\u202f]", " ", french) == (
        "**Score externe 2 (0,200)** : plus bas que chez 4 clients sur 5 ; premier point défavorable : −6,0 points."
    )


@pytest.mark.parametrize(
    ("source", "value", "fact"),
    [
        (
            "PREV_NAME_CONTRACT_STATUS_Refused_MEAN",
            3.0 / 7.0,
            "Three of the seven earlier applications were refused**, a larger share than for 9 clients in 10",
        ),
        (
            "BURO_DAYS_CREDIT_MAX",
            -1800.0,
            "Start of the loans at other lenders, the latest: 4.9 years ago**, longer ago",
        ),
        (
            "BURO_DAYS_CREDIT_MAX",
            -100.0,
            "Start of the loans at other lenders, the latest: 3 months ago**, more recently",
        ),
        (
            "BURO_DAYS_CREDIT_ENDDATE_MAX",
            900.0,
            "Planned end of the loans at other lenders, the latest: in 2.5 years**, later than for 19 clients in 20",
        ),
        ("BURO_DAYS_CREDIT_ENDDATE_MAX", -900.0, "the latest: 2.5 years ago**, earlier than for 19 clients in 20"),
        (
            "POS_MONTHS_BALANCE_MIN",
            -80.0,
            "Date of the monthly statements of earlier store and cash loans, the earliest: 80 months ago**, longer ago",
        ),
        ("INSTAL_DPD_MAX", 19.0, "Days paid late on earlier loans at this lender, highest: 19 days**, more than for"),
        ("INSTAL_DPD_MAX", 10.0, "highest: 10 days**, close to the clients’ median; −1.0 point."),
        ("APPROVED_HOUR_APPR_PROCESS_START_MAX", 9.0, "the latest: 9:00**, earlier than for"),
        ("CC_COUNT", 11.0, "Monthly statements of credit cards: 11**; −1.0 point."),
    ],
)
def test_history_is_said_with_what_it_is_and_its_place_among_clients(
    bundle: Bundle, source: str, value: float, fact: str
) -> None:
    contribution = Contribution(source, 0.1, -1.0, value, ValueOrigin.GIVEN)
    assert fact in reason(contribution, bundle, "en", "", {"PREV": 7}, first=False)


def test_history_that_the_file_does_not_hold_is_named_as_in_other_sentences(bundle: Bundle) -> None:
    assert told(bundle, "BURO_DAYS_CREDIT_MAX", None, 1.0, state=ValueOrigin.MISSING).startswith(
        "**Start of the loans at other lenders (the latest)**: not in the file, as for one client in ten; +1.0 point."
    )


@pytest.mark.parametrize(
    ("state", "value", "words"),
    [
        (ValueOrigin.MISSING, None, "**: not in the file, as for one client in five; +1.0 point."),
        (ValueOrigin.ASSUMED, 0.5, "**: not in the file, so the usual value (0.500) was assumed"),
        (ValueOrigin.UNSEEN, None, "**: a value the model has never seen, or too rarely"),
    ],
)
def test_value_that_the_file_does_not_hold_is_said_as_such(
    bundle: Bundle, state: ValueOrigin, value: float | None, words: str
) -> None:
    assert words in told(bundle, "EXT_SOURCE_2", value, 1.0, state=state)
    assert words not in told(bundle, "EXT_SOURCE_2", 0.5, 1.0)


def test_missing_value_of_a_column_that_nobody_describes_is_said_without_a_share(bundle: Bundle) -> None:
    assert told(bundle, "EXT_SOURCE_1", None, 1.0, state=ValueOrigin.MISSING).startswith(
        "**External score 1**: not in the file; +1.0 point."
    )


@pytest.mark.parametrize(
    ("income", "points", "senseless"),
    [
        (90_000.0, -1.0, True),
        (10_000.0, 1.0, True),
        (90_000.0, 1.0, False),
        (10_000.0, -1.0, False),
        # In the middle of all clients, where no side is the good one.
        (52_000.0, -1.0, False),
        (48_000.0, 1.0, False),
    ],
)
def test_reason_against_common_sense_is_not_for_the_client(
    bundle: Bundle, income: float, points: float, senseless: bool
) -> None:
    for language, mark in MARK.items():
        assert told(bundle, "AMT_INCOME_TOTAL", income, points, language=language).endswith(mark) == senseless


@pytest.mark.parametrize("points", [1.0, -1.0])
def test_large_balance_of_a_card_is_expected_to_lower_the_solvency(bundle: Bundle, points: float) -> None:
    assert (MARK["en"] in told(bundle, "CC_AMT_BALANCE_MEAN", 950.0, points)) == (points > 0)


@pytest.mark.parametrize(
    "source",
    [
        "PREV_WEEKDAY_APPR_PROCESS_START_THURSDAY_MEAN",
        "APPROVED_HOUR_APPR_PROCESS_START_MAX",
        "HOUR_APPR_PROCESS_START",
    ],
)
def test_weekday_and_hour_of_an_application_are_not_for_the_client(bundle: Bundle, source: str) -> None:
    english = told(bundle, source, 1.0, -1.0)
    french = told(bundle, source, 1.0, -1.0, language="fr")
    assert english.endswith("says nothing about a client: do not quote it to the client.")
    assert "Le jour ou l’heure d’une demande ne dit rien d’un client" in french


def test_how_long_is_said_as_a_duration_in_french(bundle: Bundle) -> None:
    assert "durée plus courte que chez" in told(bundle, "DAYS_EMPLOYED", -500.0, -1.0, language="fr")
    assert "durée plus longue que chez" in told(bundle, "DAYS_EMPLOYED", -9900.0, 1.0, language="fr")


def lowering(*measured: tuple[str, float | None, ValueOrigin]) -> list[Contribution]:
    """Contributions that lower the solvency by 3, 2 and 1 points."""
    return [
        Contribution(source, points / 10, -points, value, state)
        for points, (source, value, state) in zip((3.0, 2.0, 1.0), measured, strict=False)
    ]


def test_two_measures_of_the_same_thing_are_one_reason(bundle: Bundle) -> None:
    chosen = lowering(
        ("DAYS_EMPLOYED", -500.0, ValueOrigin.GIVEN),
        ("EXT_SOURCE_2", 0.2, ValueOrigin.GIVEN),
        ("DAYS_EMPLOYED_PERC", 0.02, ValueOrigin.DERIVED),
    )
    job, score = reasons_in_words(chosen, bundle, "en", "", {})
    assert job == (
        "**Time in the current job (1.4 years)**: shorter than for 19 clients in 20; strongest point against: "
        "−3.0 points. The same thing measured differently: **Share of life spent in the current job: 2.0%**; "
        "−1.0 point."
    )
    assert score.endswith("; −2.0 points.")
    french = reasons_in_words(chosen, bundle, "fr", "", {})[0].replace("\u202f", " ").replace("\u00a0", " ")
    assert french.endswith(
        "La même chose, mesurée autrement : **Part de la vie passée dans l’emploi actuel : 2,0 %** ; −1,0 point."
    )


def test_three_balances_of_a_card_are_one_reason(bundle: Bundle) -> None:
    columns = ("CC_AMT_BALANCE_MEAN", "CC_AMT_RECIVABLE_MAX", "CC_AMT_TOTAL_RECEIVABLE_SUM")
    chosen = lowering(*((column, 950.0, ValueOrigin.GIVEN) for column in columns))
    (sentence,) = reasons_in_words(chosen, bundle, "en", "", {})
    assert sentence.startswith("**Balance on credit cards, average month: 950**, more than for")
    assert "**Amount owed on credit cards, highest month: 950**; −2.0 points." in sentence
    assert sentence.count("The same thing measured differently") == 2


def test_other_measure_against_common_sense_is_marked_once(bundle: Bundle) -> None:
    columns = ("CC_AMT_BALANCE_MEAN", "CC_AMT_BALANCE_SUM")
    chosen = [
        Contribution(column, -0.1, points, 950.0, ValueOrigin.GIVEN)
        for column, points in zip(columns, (2.0, 1.0), strict=True)
    ]
    (sentence,) = reasons_in_words(chosen, bundle, "en", "", {})
    assert sentence.count(MARK["en"]) == 1


@pytest.mark.parametrize("state", [ValueOrigin.ASSUMED, ValueOrigin.MISSING])
def test_measure_that_the_file_does_not_hold_stays_a_reason_of_its_own(bundle: Bundle, state: ValueOrigin) -> None:
    value = 2.0 if state is ValueOrigin.ASSUMED else None
    chosen = lowering(("REGION_RATING_CLIENT", 3.0, ValueOrigin.GIVEN), ("REGION_RATING_CLIENT_W_CITY", value, state))
    assert len(reasons_in_words(chosen, bundle, "en", "", {})) == 2


def test_two_measures_that_the_file_does_not_hold_are_one_reason(bundle: Bundle) -> None:
    missing = ((column, None, ValueOrigin.MISSING) for column in ("DAYS_EMPLOYED", "DAYS_EMPLOYED_PERC"))
    (sentence,) = reasons_in_words(lowering(*missing), bundle, "en", "", {})
    assert "**Share of life spent in the current job: not given**; −2.0 points." in sentence


def test_assumed_value_is_not_against_common_sense(bundle: Bundle) -> None:
    assert MARK["en"] not in told(bundle, "AMT_INCOME_TOTAL", 90_000.0, -1.0, state=ValueOrigin.ASSUMED)


@pytest.mark.parametrize(("source", "expected"), [("EXT_SOURCE_2", True), ("AMT_CREDIT", False)])
def test_external_score_among_the_reasons_is_known_as_somebody_else_s_black_box(source: str, expected: bool) -> None:
    others = Contribution("DAYS_BIRTH", 0.1, -1.0, -9000.0, ValueOrigin.GIVEN)
    assert holds_black_box([others, Contribution(source, 0.1, -1.0, 0.5, ValueOrigin.GIVEN)]) is expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_client_s_reasons_are_whole_sentences_that_name_their_points(
    model: Model, thousand: Thousand, language: Language
) -> None:
    for explanation in explain_clients(model, thousand.found)[:100]:
        for chosen in (reasons(explanation).raising, reasons(explanation).lowering):
            sentences = reasons_in_words(chosen, model.bundle, language, "€", {})
            assert all(each.startswith("**") and each.endswith(".") for each in sentences)
            assert not re.search(r"[{}]|\bNone\b|\bnan\b", " ".join(sentences))
            most = "strongest point|premier point"
            assert [bool(re.search(most, each)) for each in sentences] == [True, False, False][: len(sentences)]
            for sentence in sentences:
                assert not ("of all that is known" in sentence and "not in the file" in sentence)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "**Time in the current job**: not applicable (no employer), as for one client in five; strongest point in "
            "favour: +3.0 points.",
        ),
        (
            "fr",
            "**Ancienneté dans l’emploi** : sans objet (pas d’employeur) ; un client sur cinq est dans ce cas ; "
            "premier point favorable : +3,0 points.",
        ),
    ],
)
def test_job_of_a_retired_client_is_not_said_to_be_missing(bundle: Bundle, language: Language, sentence: str) -> None:
    retired = (
        Contribution("DAYS_EMPLOYED", -0.3, 3.0, None, ValueOrigin.MISSING),
        Contribution("NAME_INCOME_TYPE", -0.2, 2.0, "Pensioner", ValueOrigin.GIVEN),
        Contribution("ORGANIZATION_TYPE", -0.1, 1.0, "XNA", ValueOrigin.GIVEN),
    )
    shares = {"DAYS_EMPLOYED": spread(-10_000.0, 0.0, missing=0.2)}
    told_to = loaded(structs.replace(small_contents(), population=structs.replace(POPULATION, numbers=shares)))
    said = reason(mark_absences(retired)[0], told_to, language, "", {}, first=True)
    assert re.sub("[\u00a0\u202f]", " ", said) == sentence
