"""What histories say in words: counts where the file gives them away, shares in percent elsewhere, no bare number."""

from __future__ import annotations

import json
import re
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dictionary.history_columns import history_column
from core.dictionary.lookup import entry_of
from core.i18n.translations import LANGUAGES, Language
from core.insights.history_facts import history_fact, history_name, record_counts
from core.records import Contribution, ValueOrigin
from core.settings import ROOT

COLUMNS = [
    name for name in json.loads((ROOT / "core" / "features" / "columns.json").read_bytes()) if history_column(name)
]
REFUSED = "PREV_NAME_CONTRACT_STATUS_Refused_MEAN"


def plain(text: str | None) -> str:
    return re.sub("[\u00a0\u202f]", " ", text or "")


def file_of(state: ValueOrigin = ValueOrigin.GIVEN, **values: float) -> list[Contribution]:
    return [Contribution(name, 0.1, -1.0, value, state) for name, value in values.items()]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"POS_COUNT": 23.0, "CC_COUNT": 11.0, "INSTAL_COUNT": 4.0}, {"POS": 23, "CC": 11}),
        ({"BURO_AMT_CREDIT_SUM_SUM": 900.0, "BURO_AMT_CREDIT_SUM_MEAN": 300.0}, {"BURO": 3}),
        ({"BURO_AMT_CREDIT_SUM_SUM": 0.0, "BURO_AMT_CREDIT_SUM_MEAN": 0.0}, {}),
        ({"BURO_AMT_CREDIT_SUM_SUM": 900.0}, {}),
        ({"BURO_AMT_CREDIT_SUM_SUM": 900.0, "BURO_AMT_CREDIT_SUM_MEAN": 400.0}, {}),
        ({"POS_COUNT": 0.0}, {}),
        ({"POS_COUNT": -3.0, "CC_COUNT": 1e300}, {}),
        ({"BURO_AMT_CREDIT_SUM_SUM": 1e300, "BURO_AMT_CREDIT_SUM_MEAN": 1e-300}, {}),
        # The product of the last two is too small to be told from 0.
        (
            {
                "APPROVED_CNT_PAYMENT_SUM": 48.0,
                "APPROVED_CNT_PAYMENT_MEAN": 1e-200,
                "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": 1e-200,
            },
            {},
        ),
        # Four approved, four sevenths of all.
        (
            {
                "APPROVED_CNT_PAYMENT_SUM": 48.0,
                "APPROVED_CNT_PAYMENT_MEAN": 12.0,
                "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": float(np.float32(4 / 7)),
            },
            {"PREV": 7},
        ),
        ({"APPROVED_CNT_PAYMENT_SUM": 48.0, "APPROVED_CNT_PAYMENT_MEAN": 12.0}, {}),
        (
            {
                "APPROVED_CNT_PAYMENT_SUM": 48.0,
                "APPROVED_CNT_PAYMENT_MEAN": 12.0,
                "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": 0.0,
            },
            {},
        ),
    ],
)
def test_records_are_counted_where_the_file_gives_their_number_away(
    values: dict[str, float], expected: dict[str, int]
) -> None:
    assert record_counts(file_of(ValueOrigin.GIVEN, **values)) == expected
    assert record_counts(file_of(ValueOrigin.ASSUMED, **values)) == {}


@given(st.lists(st.floats(1.0, 1e8), min_size=1, max_size=200))
def test_a_sum_by_its_mean_in_single_precision_is_the_number_of_records(amounts: list[float]) -> None:
    total, mean = float(np.float32(sum(amounts))), float(np.float32(sum(amounts) / len(amounts)))
    found = record_counts(file_of(BURO_AMT_CREDIT_SUM_SUM=total, BURO_AMT_CREDIT_SUM_MEAN=mean))
    assert found == {"BURO": len(amounts)}


@pytest.mark.parametrize(
    ("share", "counts", "english", "french"),
    [
        (
            3 / 7,
            {"PREV": 7},
            "Three of the seven earlier applications were refused",
            "Trois des sept demandes antérieures ont été refusées",
        ),
        (
            1 / 13,
            {"PREV": 13},
            "One of the 13 earlier applications was refused",
            "Une des 13 demandes antérieures a été refusée",
        ),
        (
            0.0,
            {"PREV": 2},
            "None of the two earlier applications was refused",
            "Aucune des deux demandes antérieures n’a été refusée",
        ),
        (
            1.0,
            {"PREV": 2},
            "Each of the two earlier applications was refused",
            "Les deux demandes antérieures ont toutes été refusées",
        ),
        (
            1.0,
            {"PREV": 1},
            "Earlier applications, status “refused”: 1 of 1",
            "Demandes antérieures, état « refus » : 1 sur 1",
        ),
        (0.25, {}, "25% of the earlier applications were refused", "25 % des demandes antérieures ont été refusées"),
        # No whole number of seven: the count belongs to other records.
        (
            0.25,
            {"PREV": 7},
            "25% of the earlier applications were refused",
            "25 % des demandes antérieures ont été refusées",
        ),
        (
            0.25,
            {"BURO": 4},
            "25% of the earlier applications were refused",
            "25 % des demandes antérieures ont été refusées",
        ),
    ],
)
def test_refused_applications_are_counted_or_shared(
    share: float, counts: dict[str, int], english: str, french: str
) -> None:
    assert history_fact(REFUSED, float(np.float32(share)), counts, "en", "") == english
    assert plain(history_fact(REFUSED, float(np.float32(share)), counts, "fr", "")) == french


@pytest.mark.parametrize(
    ("column", "value", "english", "french"),
    [
        (
            "ACTIVE_AMT_CREDIT_SUM_DEBT_SUM",
            245000.0,
            "Amount still owed on running loans at other lenders, in all: 245,000 €",
            "Montant restant dû sur les crédits en cours chez d’autres prêteurs, au total : 245 000 €",
        ),
        (
            "BURO_DAYS_CREDIT_MAX",
            -120.0,
            "Start of the loans at other lenders, the latest: 4 months ago",
            "Début des crédits chez d’autres prêteurs, le plus récent : il y a 4 mois",
        ),
        (
            "PREV_DAYS_DECISION_MIN",
            -1461.0,
            "Decision on the earlier applications, the earliest: 4.0 years ago",
            "Décision sur les demandes antérieures, la plus ancienne : il y a 4,0 ans",
        ),
        (
            "CLOSED_DAYS_CREDIT_ENDDATE_MAX",
            1461.0,
            "Planned end of the closed loans at other lenders, the latest: in 4.0 years",
            "Fin prévue des crédits soldés chez d’autres prêteurs, au plus tard : dans 4,0 ans",
        ),
        (
            "INSTAL_DPD_MEAN",
            0.26,
            "Days paid late on earlier loans at this lender, on average: 0.3 days",
            "Jours de retard de paiement sur les crédits antérieurs chez ce prêteur, en moyenne : 0,3 jour",
        ),
        (
            "CC_AMT_BALANCE_MAX",
            5000.0,
            "Balance on credit cards, highest month: 5,000 €",
            "Solde sur les cartes de crédit, mois le plus élevé : 5 000 €",
        ),
        (
            "CC_AMT_BALANCE_SUM",
            90_000.0,
            "Balance on credit cards, all months added up: 90,000 €",
            "Solde sur les cartes de crédit, tous les mois additionnés : 90 000 €",
        ),
        (
            "APPROVED_HOUR_APPR_PROCESS_START_MAX",
            7.0,
            "Hour of the earlier applications that were approved, the latest: 7:00",
            "Heure des demandes antérieures acceptées, au plus tard : 7 h",
        ),
        (
            "PREV_NAME_PRODUCT_TYPE_walk-in_MEAN",
            0.25,
            "Earlier applications, type of sale “walk-in client”: 25%",
            "Demandes antérieures, mode de vente « client venu de lui-même » : 25 %",
        ),
        (
            "CC_AMT_BALANCE_VAR",
            250000.0,
            "Balance on credit cards, typical spread between months: 500 €",
            "Solde sur les cartes de crédit, écart typique entre les mois : 500 €",
        ),
        (
            "ACTIVE_DAYS_CREDIT_VAR",
            730.5**2,
            "Start of the running loans at other lenders, typical spread: 2.0 years",
            "Début des crédits en cours chez d’autres prêteurs, écart typique : 2,0 ans",
        ),
        (
            "INSTAL_PAYMENT_PERC_SUM",
            17.0,
            "Amount paid as a share of the instalment due on earlier loans at this lender, in all: "
            "as much as 17.0 instalments",
            "Montant payé rapporté à l’échéance due sur les crédits antérieurs chez ce prêteur, au total : "
            "l’équivalent de 17,0 échéances",
        ),
        (
            "BURO_CREDIT_TYPE_Mortgage_MEAN",
            0.25,
            "Loans at other lenders, type of loan “mortgage”: 1 of 4",
            "Crédits chez d’autres prêteurs, type de crédit « prêt hypothécaire » : 1 sur 4",
        ),
        (
            "BURO_STATUS_1_MEAN_MEAN",
            0.25,
            "Loans at other lenders, month’s status “1 to 30 days late”, share of the months: 25.0%",
            "Crédits chez d’autres prêteurs, état du mois « 1 à 30 jours de retard », part des mois : 25,0 %",
        ),
        (
            "CC_NAME_CONTRACT_STATUS_Demand_MAX",
            1.0,
            "Monthly statements of credit cards, status “repayment demanded”, at least once: Yes",
            "Relevés mensuels des cartes de crédit, état « remboursement exigé », au moins une fois : Oui",
        ),
        (
            "CC_COUNT",
            11.0,
            "Monthly statements of credit cards: 11",
            "Relevés mensuels des cartes de crédit : 11",
        ),
    ],
)
def test_a_column_of_a_history_in_words(column: str, value: float, english: str, french: str) -> None:
    assert plain(history_fact(column, value, {"BURO": 4}, "en", "€")) == english
    assert plain(history_fact(column, value, {"BURO": 4}, "fr", "€")) == french


@pytest.mark.parametrize("column", ["AMT_CREDIT", "EXT_SOURCE_2", "BURO_SHOE_SIZE_MEAN"])
def test_a_column_of_no_history_has_no_such_words(column: str) -> None:
    assert history_fact(column, 1.0, {}, "en", "") is None
    assert history_name(column, "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_550_columns_is_said_in_a_whole_phrase(language: Language) -> None:
    assert len(COLUMNS) == 550
    for column in COLUMNS:
        past = entry_of(column).unit in ("date_ago", "months_ago")
        for value in (-30.0 if past else 0.0, -400.0 if past else 0.5, -4000.0 if past else 1.0):
            for counts in ({}, {"PREV": 2, "BURO": 2, "POS": 2, "CC": 2}):
                fact = cast(str, history_fact(column, value, counts, language, "€"))
                assert fact[0].isupper() or fact[0].isdigit(), fact
                assert not re.search(r"[{}]|\bNone\b|\bnan\b|_", fact.removeprefix("None of")), fact


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_quantities_share_a_name(language: Language) -> None:
    names = [name for column in COLUMNS if (name := history_name(column, language))]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_columns_never_read_the_same_in_a_sentence(language: Language) -> None:
    facts = {column: history_fact(column, 0.5, {}, language, "€") for column in COLUMNS}
    assert len(facts) > 500
    assert len(set(facts.values())) == len(facts)
