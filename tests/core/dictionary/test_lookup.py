"""What each column is called and how its values are shown: never a bare code, never a bare number of days."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from core.alignment.parsers import BINARY
from core.dictionary.history_columns import histories
from core.dictionary.lookup import dictionary, entry_of, format_value, label, name_as_sent, to_shown_scale
from core.dictionary.schema import Unit
from core.i18n.translations import LANGUAGES, Language
from core.scoring.assess import Model
from core.settings import ROOT

COLUMNS: list[str] = json.loads((ROOT / "core" / "features" / "columns.json").read_bytes())
THIN = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("column", "value", "english", "french"),
    [
        ("DAYS_BIRTH", -20831.0, "57 years", "57 ans"),
        ("DAYS_BIRTH", -7670.0, "20 years", "20 ans"),
        ("DAYS_EMPLOYED", -1461.0, "4.0 years", "4,0 ans"),
        ("DAYS_EMPLOYED", -59.0, "59 days", "59 jours"),
        ("DAYS_LAST_PHONE_CHANGE", -1.0, "1 day", "1 jour"),
        ("OWN_CAR_AGE", 1.0, "1 year", "1 an"),
        ("AMT_CREDIT", 512064.0, "512,064", f"512{THIN}064"),
        ("AMT_ANNUITY", 143572.5, "143,573", f"143{THIN}573"),
        ("INSTAL_PAYMENT_DIFF_MAX", -2.5, "-3", "-3"),
        ("FLAG_PHONE", 1.0, "Yes", "Oui"),
        ("FLAG_PHONE", 0.0, "No", "Non"),
        ("FLAG_OWN_REALTY", "N", "No", "Non"),
        ("FLAG_OWN_CAR", "Y", "Yes", "Oui"),
        ("NAME_CONTRACT_TYPE", "Cash loans", "Cash loan", "Prêt personnel"),
        ("NAME_CONTRACT_TYPE", "Leasing", "Leasing", "Leasing"),
        ("EXT_SOURCE_2", 0.5, "0.500", "0,500"),
        ("PAYMENT_RATE", 0.0512, "5.1%", f"5,1{THIN}%"),
        ("HOUR_APPR_PROCESS_START", 9.0, "9:00", "9 h"),
        ("HOUR_APPR_PROCESS_START", 1e30, "1E30:00", "1E30 h"),
        ("OWN_CAR_AGE", 1e30 / 3, "3.33E29 years", "3,33E29 ans"),
        ("CNT_CHILDREN", 2.0, "2", "2"),
        ("CNT_FAM_MEMBERS", 2.5, "2.50", "2,50"),
        ("AMT_CREDIT", None, "not given", "non renseigné"),
        ("DAYS_EMPLOYED", -183.0, "6 months", "6 mois"),
        ("DAYS_EMPLOYED", -365.0, "12 months", "12 mois"),
        ("BURO_DAYS_CREDIT_ENDDATE_MAX", 730.5, "in 2.0 years", "dans 2,0 ans"),
        ("BURO_DAYS_CREDIT_ENDDATE_MIN", -200.0, "7 months ago", "il y a 7 mois"),
        ("BURO_DAYS_CREDIT_MAX", -30.0, "30 days ago", "il y a 30 jours"),
        ("INSTAL_DPD_MAX", 3.0, "3 days", "3 jours"),
        ("INSTAL_DPD_MEAN", 0.26, "0.3 days", "0,3 jour"),
        ("INSTAL_DPD_SUM", 400.0, "400 days", "400 jours"),
        ("POS_MONTHS_BALANCE_MAX", -1.0, "1 month ago", "il y a 1 mois"),
        ("PREV_APP_CREDIT_PERC_VAR", 0.0144, "12.0%", f"12,0{THIN}%"),
        ("BURO_DAYS_CREDIT_VAR", 10_000.0, "3 months", "3 mois"),
        ("CC_MONTHS_BALANCE_VAR", 81.0, "9 months", "9 mois"),
        ("CC_NAME_CONTRACT_STATUS_Active_VAR", 0.25, "50.0%", f"50,0{THIN}%"),
    ],
)
def test_value_is_shown_in_the_units_people_use(
    column: str, value: float | str | None, english: str, french: str
) -> None:
    assert format_value(column, value, "en").replace(SPACE, " ") == english
    assert format_value(column, value, "fr").replace(SPACE, " ") == french


def test_amount_carries_the_currency_where_one_is_set() -> None:
    assert format_value("AMT_CREDIT", 1000.0, "en", "€") == f"1,000{SPACE}€"
    assert format_value("CNT_CHILDREN", 2.0, "en", "€") == "2"


def test_higher_on_the_shown_scale_means_what_people_mean() -> None:
    assert to_shown_scale("DAYS_BIRTH", -20000.0) > to_shown_scale("DAYS_BIRTH", -10000.0)
    assert to_shown_scale("DAYS_EMPLOYED", -3652.5) == 10.0
    assert to_shown_scale("PAYMENT_RATE", 0.05) == 5.0
    assert to_shown_scale("AMT_CREDIT", 3.0) == 3.0
    assert to_shown_scale("CC_AMT_BALANCE_VAR", 250_000.0) == 500.0
    assert to_shown_scale("BURO_DAYS_CREDIT_VAR", 730.5**2) == 2.0


def test_column_without_an_entry_shows_its_name_and_a_plain_number() -> None:
    assert label("SOMETHING_NEW", "fr") == "SOMETHING_NEW"
    assert format_value("SOMETHING_NEW", 1.5, "en") == "1.500"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_the_model_has_a_label_and_a_meaning(model: Model, language: Language) -> None:
    for source in model.bundle.sources:
        entry = entry_of(source)
        assert entry.label[language].strip() not in ("", source)
        assert entry.meaning[language].endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_of_the_model_has_a_word(model: Model, language: Language) -> None:
    for column in model.bundle.columns:
        if column.kind == "one_hot":
            assert entry_of(column.source).values[str(column.category)][language].strip()
        if column.kind == "binary":
            for letter in BINARY[column.name]:
                assert entry_of(column.name).values[letter][language].strip()


@pytest.mark.parametrize(
    ("column", "english", "french"),
    [
        ("AMT_CREDIT", "Loan amount", "Montant du crédit"),
        ("NAME_INCOME_TYPE_Working", "Employment status: Employee", "Situation professionnelle : Salarié"),
        (
            "BURO_AMT_CREDIT_SUM_MAX",
            "Loans elsewhere: amount lent (highest)",
            "Crédits ailleurs : montant prêté (maximum)",
        ),
        (
            "CLOSED_DAYS_CREDIT_MAX",
            "Closed loans elsewhere: date of the loan (latest)",
            "Crédits soldés ailleurs : date du crédit (au plus tard)",
        ),
        (
            "BURO_CREDIT_TYPE_Mortgage_MEAN",
            "Loans elsewhere: type of loan “mortgage” (share)",
            "Crédits ailleurs : type de crédit « prêt hypothécaire » (part)",
        ),
        (
            "ACTIVE_MONTHS_BALANCE_SIZE_MEAN",
            "Running loans elsewhere: months on record (average)",
            "Crédits en cours ailleurs : mois connus (moyenne)",
        ),
        (
            "BURO_STATUS_1_MEAN_MEAN",
            "Loans elsewhere: month’s status “1 to 30 days late” (share of months)",
            "Crédits ailleurs : état du mois « 1 à 30 jours de retard » (part des mois)",
        ),
        (
            "REFUSED_RATE_DOWN_PAYMENT_MEAN",
            "Earlier applications refused: down payment as a share of the loan (average)",
            "Demandes antérieures refusées : taux d’apport (moyenne)",
        ),
        (
            "PREV_NAME_YIELD_GROUP_low_action_MEAN",
            "Earlier applications: interest rate “low, special offer” (share)",
            "Demandes antérieures : taux d’intérêt « bas, promotion » (part)",
        ),
        (
            "POS_MONTHS_BALANCE_SIZE",
            "Store and cash loans by month: number of statements (total)",
            "Crédits en magasin et prêts personnels, par mois : nombre de relevés (total)",
        ),
        (
            "INSTAL_NUM_INSTALMENT_VERSION_NUNIQUE",
            "Instalments of earlier loans: versions of the payment calendar (number of different values)",
            "Échéances des crédits antérieurs : versions de l’échéancier (nombre de valeurs différentes)",
        ),
        (
            "CC_NAME_CONTRACT_STATUS_Demand_MAX",
            "Credit cards by month: status “repayment demanded” (at least once)",
            "Cartes de crédit, par mois : état « remboursement exigé » (au moins une fois)",
        ),
        (
            "CC_COUNT",
            "Credit cards by month: number of records",
            "Cartes de crédit, par mois : nombre d’enregistrements",
        ),
    ],
)
def test_label_is_put_together_of_the_parts_of_a_name(column: str, english: str, french: str) -> None:
    assert label(column, "en") == english
    assert label(column, "fr").replace(THIN, " ") == french


def test_there_are_795_columns_and_each_has_all_there_is_to_know() -> None:
    assert len(COLUMNS) == 795
    for column in COLUMNS:
        entry = entry_of(column)
        for language in LANGUAGES:
            assert entry.label[language].strip() not in ("", column), column
            assert entry.meaning[language].endswith("."), column
            assert column not in entry.meaning[language]
        assert entry.unit in get_args(Unit)
        assert entry.theme in set(dictionary().themes) - {"other"}, column
        assert entry.direction in (-1, 0, 1)
        assert {type(entry.protected), type(entry.changeable)} == {bool}


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_columns_never_share_a_label(language: Language) -> None:
    labels = [entry_of(column).label[language] for column in {*COLUMNS, *dictionary().columns}]
    assert len(set(labels)) == len(labels)


def test_units_and_themes_are_all_used() -> None:
    entries = [entry_of(column) for column in {*COLUMNS, *dictionary().columns}]
    assert {entry.unit for entry in entries} == set(get_args(Unit))
    assert {entry.theme for entry in entries} == set(dictionary().themes) - {"other"}


def test_history_of_a_client_can_be_changed_by_nobody_and_is_not_protected() -> None:
    past = [entry_of(column) for column in COLUMNS if column.split("_")[0] in histories().tables]
    assert len(past) == 550
    assert not any(entry.changeable or entry.protected for entry in past)


@pytest.mark.parametrize("column", ["BURO_SHOE_SIZE_MEAN", "CC_NAME_CONTRACT_STATUS_Lost_MEAN", "PREV_AMT_CREDIT_MODE"])
def test_history_made_of_unknown_parts_is_a_stranger(column: str) -> None:
    assert label(column, "en") == column


def test_kind_of_a_column_and_its_unit_fit(model: Model) -> None:
    for column in model.bundle.columns:
        unit = entry_of(column.source).unit
        if column.kind == "one_hot":
            assert unit == "category", column.source
        elif column.kind == "flag":
            assert unit == "flag", column.source
        elif column.name.startswith("DAYS_") and column.kind == "number":
            assert unit in ("age", "days_ago"), column.source
        elif column.name.startswith("AMT_") and "BUREAU" not in column.name:
            assert unit == "money", column.source


def test_sex_family_and_age_are_marked_as_protected() -> None:
    for column in ("CODE_GENDER", "NAME_FAMILY_STATUS", "DAYS_BIRTH"):
        assert entry_of(column).protected, column


@pytest.mark.parametrize("name", ["", " ", "\t\u00a0", "\u200b", "\ufeff \u200b"], ids=ascii)
def test_a_name_that_cannot_be_seen_is_told_in_words(name: str) -> None:
    assert name_as_sent(name, "en") == "a column without a name"
    assert name_as_sent(name, "fr") == "une colonne sans nom"
    assert name_as_sent(f"{name}A", "en") == f"{name}A"
