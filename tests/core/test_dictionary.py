"""What each column is called and how its values are shown: never a bare code, never a bare number of days."""

from __future__ import annotations

from typing import get_args

import pytest

from core.assessment import Model
from core.dictionary import Unit, dictionary, entry_of, label, shown, to_shown_scale
from core.encoding import BINARY
from core.language import LANGUAGES

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
        ("FLAG_PHONE", 1.0, "Yes", "Oui"),
        ("FLAG_PHONE", 0.0, "No", "Non"),
        ("FLAG_OWN_REALTY", "N", "No", "Non"),
        ("FLAG_OWN_CAR", "Y", "Yes", "Oui"),
        ("NAME_CONTRACT_TYPE", "Cash loans", "Cash loan", "Prêt personnel"),
        ("NAME_CONTRACT_TYPE", "Leasing", "Leasing", "Leasing"),
        ("EXT_SOURCE_2", 0.5, "0.500", "0,500"),
        ("PAYMENT_RATE", 0.0512, "5.1%", f"5,1{THIN}%"),
        ("HOUR_APPR_PROCESS_START", 9.0, "9:00", "9 h"),
        ("CNT_CHILDREN", 2.0, "2", "2"),
        ("CNT_FAM_MEMBERS", 2.5, "2.50", "2,50"),
        ("AMT_CREDIT", None, "not given", "non renseigné"),
    ],
)
def test_value_is_shown_in_the_units_people_use(column: str, value, english: str, french: str) -> None:
    assert shown(column, value, "en").replace(SPACE, " ") == english
    assert shown(column, value, "fr").replace(SPACE, " ") == french


def test_amount_carries_the_currency_where_one_is_set() -> None:
    assert shown("AMT_CREDIT", 1000.0, "en", "€") == f"1,000{SPACE}€"
    assert shown("CNT_CHILDREN", 2.0, "en", "€") == "2"


def test_higher_on_the_shown_scale_means_what_people_mean() -> None:
    assert to_shown_scale("DAYS_BIRTH", -20000.0) > to_shown_scale("DAYS_BIRTH", -10000.0)
    assert to_shown_scale("DAYS_EMPLOYED", -3652.5) == 10.0
    assert to_shown_scale("PAYMENT_RATE", 0.05) == 5.0
    assert to_shown_scale("AMT_CREDIT", 3.0) == 3.0


def test_column_without_an_entry_shows_its_name_and_a_plain_number() -> None:
    assert label("SOMETHING_NEW", "fr") == "SOMETHING_NEW"
    assert shown("SOMETHING_NEW", 1.5, "en") == "1.500"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_the_model_has_a_label_and_a_meaning(model: Model, language: str) -> None:
    for source in model.bundle.sources:
        entry = dictionary().columns[source]
        assert entry.label[language].strip() not in ("", source)
        assert entry.meaning[language].endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_of_the_model_has_a_word(model: Model, language: str) -> None:
    for column in model.bundle.columns:
        if column.kind == "one_hot":
            assert entry_of(column.source).values[str(column.category)][language].strip()
        if column.kind == "binary":
            for letter in BINARY[column.name]:
                assert entry_of(column.name).values[letter][language].strip()


def test_two_columns_never_share_a_label() -> None:
    for language in LANGUAGES:
        labels = [entry.label[language] for entry in dictionary().columns.values()]
        assert len(set(labels)) == len(labels)


def test_units_and_themes_are_known_and_all_used() -> None:
    entries = dictionary().columns.values()
    assert {entry.unit for entry in entries} <= set(get_args(Unit))
    assert {entry.theme for entry in entries} <= set(dictionary().themes)


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
