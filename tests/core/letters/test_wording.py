"""What each reason says to a client: no more than its strongest column, in plain words, in both languages."""

from __future__ import annotations

import re

import pytest

from core.i18n.translations import LANGUAGES, Language
from core.insights.history_facts import record_counts
from core.insights.population import quantile
from core.letters.reasons import Reason, choose_reasons
from core.letters.wording import reason_in_words
from core.scoring.assess import Model, explain_clients
from tests.core.conftest import Thousand
from tests.core.letters.test_reasons import contribution, explanation

VALUES = {"AMT_CREDIT": 585_000.0, "AMT_ANNUITY": 29_250.5, "AMT_INCOME_TOTAL": 90_000.0}


def told(
    model: Model,
    language: Language,
    *columns: tuple[str, float | str | None],
    counts: dict[str, int] | None = None,
    revolving: bool = False,
) -> str:
    """The one reason that these columns give, the strongest first, as a client of VALUES reads it."""
    parts = [contribution(source, -9.0 + place, value) for place, (source, value) in enumerate(columns)]
    population = model.bundle.population
    (reason,) = choose_reasons(explanation(*parts), population).reasons
    values = VALUES | dict(columns)
    sentence = reason_in_words(reason, values, counts or {}, population, language, "€", revolving=revolving)
    return re.sub("[\u00a0\u202f]", " ", sentence)


@pytest.mark.parametrize(
    ("column", "value", "english", "french"),
    [
        (
            "ACTIVE_AMT_CREDIT_SUM_SUM",
            3_220_456.5,
            "The amount that was lent to you on your running loans at other lenders: 3,220,457 € in all.",
            "Le montant qui vous a été prêté sur vos crédits en cours chez d’autres prêteurs : 3 220 457 € au total.",
        ),
        (
            "BURO_AMT_CREDIT_SUM_DEBT_MEAN",
            880_000.0,
            "What you still owe on your loans at other lenders: 880,000 € on average per loan.",
            "Ce que vous devez encore sur vos crédits chez d’autres prêteurs : 880 000 € en moyenne par crédit.",
        ),
        (
            "BURO_AMT_CREDIT_SUM_DEBT_MAX",
            880_000.0,
            "What you still owe on your loans at other lenders: up to 880,000 € on one loan.",
            "Ce que vous devez encore sur vos crédits chez d’autres prêteurs : jusqu’à 880 000 € pour un crédit.",
        ),
        ("AMT_CREDIT", 585_000.0, "The amount of the loan: 585,000 €.", "Le montant du crédit : 585 000 €."),
        (
            "AMT_ANNUITY",
            29_250.5,
            "The amount of each instalment: 29,251 €.",
            "Le montant de chaque échéance : 29 251 €.",
        ),
        (
            "ANNUITY_INCOME_PERC",
            0.325,
            "Each instalment (29,251 €) compared with your income (90,000 €), as your application gives them.",
            "Le montant de chaque échéance (29 251 €) rapporté à vos revenus (90 000 €), tels que votre demande les "
            "indique.",
        ),
        (
            "INCOME_CREDIT_PERC",
            0.154,
            "The amount of the loan (585,000 €) compared with your income (90,000 €), as your application gives them.",
            "Le montant du crédit (585 000 €) rapporté à vos revenus (90 000 €), tels que votre demande les indique.",
        ),
        (
            "AMT_INCOME_TOTAL",
            90_000.0,
            "Your income, as your application gives it: 90,000 €.",
            "Vos revenus, tels que votre demande les indique : 90 000 €.",
        ),
        (
            "ACTIVE_DAYS_CREDIT_MAX",
            0.0,
            "Your most recent loan at another lender was taken out on the day of this application.",
            "Votre dernier crédit chez un autre prêteur a été souscrit le jour de la présente demande.",
        ),
        (
            "PREV_DAYS_DECISION_MAX",
            -1.0,
            "Your most recent earlier application to us was closed 1 day before this application.",
            "Votre dernière demande antérieure chez nous a été close 1 jour avant la présente demande.",
        ),
        (
            "DAYS_EMPLOYED",
            -120.0,
            "You started your present job 4 months before this application.",
            "Vous avez commencé votre emploi actuel 4 mois avant la présente demande.",
        ),
        (
            "DAYS_ID_PUBLISH",
            -735.0,
            "Your identity document was changed 2 years before this application.",
            "Votre pièce d’identité a changé 2 ans avant la présente demande.",
        ),
        (
            "DAYS_LAST_PHONE_CHANGE",
            -365.0,
            "The telephone number that we hold for you was recorded 1 year before this application.",
            "Le numéro de téléphone que nous avons pour vous a été enregistré 1 an avant la présente demande.",
        ),
        (
            "OCCUPATION_TYPE",
            "Drivers",
            "Your occupation, as your file gives it: driver.",
            "Votre profession, telle qu’elle figure dans votre dossier : conducteur.",
        ),
        (
            "NAME_EDUCATION_TYPE",
            "Lower secondary",
            "Your level of education, as your file gives it: lower secondary.",
            "Votre niveau d’études, tel qu’il figure dans votre dossier : premier cycle du secondaire.",
        ),
        (
            "OCCUPATION_TYPE",
            None,
            "Information missing from your application: occupation.",
            "Informations absentes de votre demande : profession.",
        ),
        (
            "INSTAL_DPD_MAX",
            31.0,
            "Late payment of instalments on your earlier loans with us: up to 31 days.",
            "Des échéances payées en retard sur vos crédits antérieurs chez nous : jusqu’à 31 jours.",
        ),
        # An average over months is none that a client knows.
        (
            "POS_SK_DPD_MEAN",
            0.46,
            "Late payments on your earlier store and cash loans with us.",
            "Des paiements en retard sur vos crédits en magasin et prêts personnels antérieurs chez nous.",
        ),
        (
            "AMT_REQ_CREDIT_BUREAU_YEAR",
            3.0,
            "Number of credit bureau enquiries in the last year, not counting the last three months: 3.",
            "Consultations du bureau de crédit (dernière année), sans compter les trois derniers mois : 3.",
        ),
        (
            "EXT_SOURCE_2",
            None,
            "One score from another organisation was not available: external score 2.",
            "Un score d’un autre organisme n’était pas disponible : score externe 2.",
        ),
    ],
)
def test_a_reason_says_what_its_column_says(
    model: Model, column: str, value: float | str | None, english: str, french: str
) -> None:
    assert told(model, "en", (column, value)) == english
    assert told(model, "fr", (column, value)) == french


@pytest.mark.parametrize(
    ("column", "share", "counts", "english", "french"),
    [
        (
            "PREV_NAME_CONTRACT_STATUS_Refused_MEAN",
            0.4,
            {"PREV": 5},
            "Two of your five earlier applications to us were refused.",
            "Deux de vos cinq demandes antérieures chez nous ont été refusées.",
        ),
        (
            "PREV_NAME_CONTRACT_STATUS_Refused_MEAN",
            0.38,
            {},
            "38% of your earlier applications to us were refused.",
            "38 % de vos demandes antérieures chez nous ont été refusées.",
        ),
        (
            "PREV_NAME_CONTRACT_STATUS_Refused_MEAN",
            1.0,
            {"PREV": 1},
            "Your only earlier application to us was refused.",
            "Votre seule demande antérieure chez nous a été refusée.",
        ),
        # Told as those with a refusal reason: "60% have none" would sound like praise.
        (
            "PREV_CODE_REJECT_REASON_XAP_MEAN",
            0.6,
            {},
            "40% of your earlier applications to us have a refusal reason on record.",
            "40 % de vos demandes antérieures chez nous portent un motif de refus.",
        ),
        (
            "BURO_CREDIT_ACTIVE_Active_MEAN",
            1.0,
            {"BURO": 3},
            "Each of your three loans at other lenders is still running.",
            "Vos trois crédits chez d’autres prêteurs sont tous encore en cours.",
        ),
    ],
)
def test_shares_of_a_history_are_the_clients_own(
    model: Model, column: str, share: float, counts: dict[str, int], english: str, french: str
) -> None:
    assert told(model, "en", (column, share), counts=counts) == english
    assert told(model, "fr", (column, share), counts=counts) == french


@pytest.mark.parametrize(
    ("payments", "english", "french"),
    [
        (30.0, "The loan is long: about 30", "La durée du crédit est longue : environ 30"),
        (21.0, "The length of the loan: about 21", "La durée du crédit : environ 21"),
        (19.0, "The length of the loan: about 19", "La durée du crédit : environ 19"),
        (12.0, "The instalments are large for the size of the loan: about 12", "Les échéances sont élevées"),
    ],
)
def test_long_and_short_are_said_only_outside_the_middle_half_of_clients(
    model: Model, payments: float, english: str, french: str
) -> None:
    assert told(model, "en", ("PAYMENT_RATE", 1.0 / payments)).startswith(english)
    assert told(model, "fr", ("PAYMENT_RATE", 1.0 / payments)).startswith(french)


def test_scores_are_called_low_only_where_each_is_below_three_quarters_of_the_clients(model: Model) -> None:
    quarter = quantile(model.bundle.population, "EXT_SOURCE_2", 0.25)
    assert quarter is not None
    low = told(model, "en", ("EXT_SOURCE_2", quarter - 0.05), ("EXT_SOURCE_3", None))
    assert low.startswith("A score that another organisation gave you is lower than that of most clients (external")
    assert low.endswith(" One score from another organisation was not available: external score 3.")
    near = told(model, "en", ("EXT_SOURCE_2", quarter + 0.01))
    assert near.startswith("A score that another organisation gave you (external score 2: 0.")


def test_a_low_score_is_called_low_beside_one_in_the_middle(model: Model) -> None:
    both = told(model, "en", ("EXT_SOURCE_1", 0.144), ("EXT_SOURCE_2", 0.531))
    assert both == (
        "A score that another organisation gave you is lower than that of most clients (external score 1: 0.144; from "
        "0 to 1, higher is better). Another such score also counted against you (external score 2: 0.531)."
    )


def test_months_are_told_by_the_highest_and_delays_by_the_longest(model: Model) -> None:
    added_up, highest = ("CC_AMT_BALANCE_SUM", 9_022_510.0), ("CC_AMT_BALANCE_MAX", 1_200_000.0)
    assert told(model, "en", added_up, highest) == (
        "The balance of your credit cards with us over past months: 1,200,000 € in the highest month."
    )
    assert told(model, "fr", added_up) == "Le solde de vos cartes de crédit chez nous au cours des mois passés."
    for first in (("POS_SK_DPD_MEAN", 0.2), ("POS_SK_DPD_MEAN", 0.03)):
        assert told(model, "en", first, ("POS_SK_DPD_MAX", 8.0)) == (
            "Late payments on your earlier store and cash loans with us: up to 8 days."
        )


def test_of_several_delays_the_longest_is_told_and_of_other_things_the_strongest(model: Model) -> None:
    assert told(model, "en", ("POS_SK_DPD_MAX", 3.0), ("INSTAL_DPD_MAX", 10.0)) == (
        "Late payment of instalments on your earlier loans with us: up to 10 days."
    )
    both = told(model, "en", ("CC_AMT_BALANCE_MAX", 500_000.0), ("CC_AMT_TOTAL_RECEIVABLE_MAX", 900_000.0))
    assert both == told(model, "en", ("CC_AMT_BALANCE_MAX", 500_000.0))


def test_a_reason_needs_no_other_column_than_its_own(model: Model) -> None:
    late = Reason("late", (contribution("CC_SK_DPD_MAX", -1.0, 12.0),))
    assert reason_in_words(late, {}, {}, model.bundle.population, "en", "", revolving=False) == (
        "Late payments on your credit cards with us: up to 12 days."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_many_clients_is_a_clean_sentence(model: Model, thousand: Thousand, language: Language) -> None:
    population, codes = model.bundle.population, set()
    for explained in explain_clients(model, thousand.found)[:120]:
        values = {each.source: each.value for each in explained.contributions}
        counts = record_counts(explained.contributions)
        for reason in choose_reasons(explained, population).reasons:
            codes.add(reason.code)
            sentence = reason_in_words(reason, values, counts, population, language, "€", revolving=False)
            assert sentence.endswith("."), sentence
            assert sentence[0].isupper() or sentence[0].isdigit(), sentence
            # No gap, no nought, no sign of a column, and no capital after a colon.
            assert not re.search(
                r"\s{2}|\(\)|\bNone\b|(?<![\d.,])0(?:[.,]0)?\s(?:€|day|jour|month|mois|year|an)|[A-Z]+_|:\s[A-ZÉ][a-zé]",
                sentence,
            ), sentence
    assert len(codes) > 20


@pytest.mark.parametrize(
    ("column", "value", "english", "french"),
    [
        (
            "AMT_CREDIT",
            585_000.0,
            "The amount of the revolving credit: 585,000 €.",
            "Le montant du crédit renouvelable : 585 000 €.",
        ),
        (
            "INCOME_CREDIT_PERC",
            0.154,
            "The amount of the revolving credit (585,000 €) compared with your income (90,000 €), as your application "
            "gives them.",
            "Le montant du crédit renouvelable (585 000 €) rapporté à vos revenus (90 000 €), tels que votre demande "
            "les indique.",
        ),
        (
            "PAYMENT_RATE",
            0.02,
            "The revolving credit is long: about 50 instalments, not counting interest.",
            "La durée du crédit renouvelable est longue : environ 50 échéances, hors intérêts.",
        ),
        (
            "PAYMENT_RATE",
            1 / 21,
            "The length of the revolving credit: about 21 instalments, not counting interest.",
            "La durée du crédit renouvelable : environ 21 échéances, hors intérêts.",
        ),
        (
            "PAYMENT_RATE",
            0.1,
            "The instalments are large for the size of the revolving credit: about 10 of them would repay it, not "
            "counting interest.",
            "Les échéances sont élevées par rapport au montant du crédit renouvelable : environ 10 suffiraient à le "
            "rembourser, hors intérêts.",
        ),
        (
            "NAME_CONTRACT_TYPE",
            "Revolving loans",
            "The kind of loan: revolving credit.",
            "La nature du crédit : crédit renouvelable.",
        ),
    ],
)
def test_a_reason_calls_a_revolving_credit_so(
    model: Model, column: str, value: float | str, english: str, french: str
) -> None:
    assert told(model, "en", (column, value), revolving=True) == english
    assert told(model, "fr", (column, value), revolving=True) == french
