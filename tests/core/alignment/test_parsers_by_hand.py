"""What the contract fixes of single columns, typed once more, and cells at the edges of what is read."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from core.alignment.number_text import Unreadable, read_number
from core.alignment.parsers import (
    BINARY,
    CATEGORICAL,
    RATIOS,
    STANDS_FOR_MISSING,
    decode_binary,
    describe_column,
    raw_value,
    read_category,
    read_flag,
    reader_of,
)
from core.model.schema import Kind


def test_codes_ratios_and_categories_are_those_of_the_contract() -> None:
    assert BINARY == {
        "CODE_GENDER": {"M": 0.0, "F": 1.0},
        "FLAG_OWN_CAR": {"N": 0.0, "Y": 1.0},
        "FLAG_OWN_REALTY": {"Y": 0.0, "N": 1.0},
    }
    assert RATIOS == {
        "DAYS_EMPLOYED_PERC": ("DAYS_EMPLOYED", "DAYS_BIRTH"),
        "INCOME_CREDIT_PERC": ("AMT_INCOME_TOTAL", "AMT_CREDIT"),
        "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
        "ANNUITY_INCOME_PERC": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
        "PAYMENT_RATE": ("AMT_ANNUITY", "AMT_CREDIT"),
    }
    assert STANDS_FOR_MISSING == {"DAYS_EMPLOYED": 365243.0}
    assert sorted(CATEGORICAL) == [
        "EMERGENCYSTATE_MODE",
        "FONDKAPREMONT_MODE",
        "HOUSETYPE_MODE",
        "NAME_CONTRACT_TYPE",
        "NAME_EDUCATION_TYPE",
        "NAME_FAMILY_STATUS",
        "NAME_HOUSING_TYPE",
        "NAME_INCOME_TYPE",
        "NAME_TYPE_SUITE",
        "OCCUPATION_TYPE",
        "ORGANIZATION_TYPE",
        "WALLSMATERIAL_MODE",
        "WEEKDAY_APPR_PROCESS_START",
    ]


@pytest.mark.parametrize("source", CATEGORICAL)
def test_column_of_each_category_belongs_to_its_source(source: str) -> None:
    assert describe_column(f"{source}_Other: A") == (source, "one_hot", "Other: A")
    assert describe_column(source)[1] == "number"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("REG_REGION_NOT_LIVE_REGION", "flag"),
        ("REG_REGION_NOT_WORK_REGION", "flag"),
        ("LIVE_REGION_NOT_WORK_REGION", "flag"),
        ("REG_CITY_NOT_LIVE_CITY", "flag"),
        ("FLAG_EMP_PHONE", "flag"),
        ("FLAG_OWN_CAR", "binary"),
        ("FLAG_OWN_SHIP", "number"),
        ("REGION_RATING_CLIENT", "number"),
        ("AMT_REQ_CREDIT_BUREAU_DAY", "number"),
    ],
)
def test_kind_of_a_column_is_told_by_its_name(name: str, kind: str) -> None:
    assert describe_column(name) == (name, kind, None)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0.0),
        (-5, -5.0),
        (2**53 + 1, 9007199254740992.0),
        (Decimal("1.5"), 1.5),
        (1.7976931348623157e308, 1.7976931348623157e308),
        ("-17976931348623157e292", -1.7976931348623157e308),
        (5e-324, 5e-324),
        ("00", 0.0),
        ("-.5E-1", -0.05),
        ("+12", 12.0),
        ("\t7\n", 7.0),
    ],
)
def test_number_is_read_to_the_last_bit(value: object, number: float) -> None:
    assert read_number(value) == number


def test_minus_zero_keeps_its_sign() -> None:
    assert [math.copysign(1.0, read_number(value)) for value in (-0.0, "-0", "-0.0", 0, "0")] == [-1, -1, -1, 1, 1]


@pytest.mark.parametrize(
    "value",
    [Decimal("NaN"), Decimal("Infinity"), Decimal("-1e400"), -(10**400), "-1e400", "1" + "0" * 309, "+Infinity"],
)
def test_what_no_double_holds_is_missing(value: object) -> None:
    assert math.isnan(read_number(value))


@pytest.mark.parametrize("value", [(), b"5", object(), {1}])
def test_what_is_no_cell_at_all_is_refused(value: object) -> None:
    with pytest.raises(Unreadable) as refused:
        read_number(value)
    assert refused.value.code == "nested_value"
    assert str(refused.value) == "nested_value"


@pytest.mark.parametrize(
    ("value", "number"), [("TRUE", 1.0), (" false ", 0.0), ("1.0", 1.0), ("-0", 0.0), (Decimal(1), 1.0), (-0.0, 0.0)]
)
def test_flag_is_one_or_zero_in_any_form(value: object, number: float) -> None:
    assert read_flag(value) == number


@pytest.mark.parametrize(
    ("value", "position"),
    [
        ("5", 0.0),
        (5, 0.0),
        (" 5\n", 0.0),
        (True, 1.0),
        (False, -1.0),
        (5.0, -1.0),
        ("Working ", -1.0),
        (1.7976931348623157e308, -1.0),
        (0, -1.0),
    ],
)
def test_category_is_looked_up_by_its_text(value: object, position: float) -> None:
    assert read_category({"5": 0, "True": 1})(value) == position


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400), None, "", " \t"])
def test_category_that_is_no_text_and_no_finite_number_is_missing(value: object) -> None:
    assert math.isnan(read_category({"5": 0})(value))


def test_numbers_and_ratios_are_read_as_numbers() -> None:
    assert (reader_of("AMT_CREDIT", "number")(2), reader_of("PAYMENT_RATE", "ratio")(2)) == (2.0, 2.0)


@pytest.mark.parametrize("kind", ["flag", "one_hot"])
def test_flags_and_one_hots_are_read_as_flags(kind: Kind) -> None:
    assert reader_of("AMT_CREDIT", kind)(1) == 1.0
    with pytest.raises(Unreadable, match="not_zero_or_one"):
        reader_of("AMT_CREDIT", kind)(2)


@pytest.mark.parametrize(
    ("name", "code", "letter"),
    [
        ("CODE_GENDER", 0.0, "M"),
        ("CODE_GENDER", 1.0, "F"),
        ("FLAG_OWN_REALTY", 0.0, "Y"),
        ("FLAG_OWN_CAR", 0.0, "N"),
        ("FLAG_OWN_CAR", 2.0, None),
        ("FLAG_OWN_CAR", -1.0, None),
    ],
)
def test_code_of_a_binary_column_stands_for_its_letter(name: str, code: float, letter: str | None) -> None:
    assert decode_binary(name, code) == letter


@pytest.mark.parametrize(
    ("row", "source", "value"),
    [
        ({"CODE_GENDER": "F"}, "CODE_GENDER", "F"),
        ({"CODE_GENDER": 0}, "CODE_GENDER", "M"),
        ({"CODE_GENDER": "1"}, "CODE_GENDER", "F"),
        ({"CODE_GENDER": "XNA"}, "CODE_GENDER", None),
        ({"CODE_GENDER": None}, "CODE_GENDER", None),
        ({"DAYS_EMPLOYED": "365243"}, "DAYS_EMPLOYED", None),
        ({"DAYS_EMPLOYED": 365242}, "DAYS_EMPLOYED", 365242.0),
        ({"AMT_CREDIT": 365243}, "AMT_CREDIT", 365243.0),
        ({"AMT_CREDIT": 0}, "AMT_CREDIT", 0.0),
        ({"AMT_CREDIT": math.inf}, "AMT_CREDIT", None),
        ({"AMT_CREDIT": [1]}, "AMT_CREDIT", None),
        ({"OCCUPATION_TYPE": "", "OCCUPATION_TYPE_Drivers": True}, "OCCUPATION_TYPE", "Drivers"),
        (
            {"OCCUPATION_TYPE": None, "OCCUPATION_TYPE_High skill tech staff": 1.0},
            "OCCUPATION_TYPE",
            "High skill tech staff",
        ),
        ({"OCCUPATION_TYPE": "Drivers", "OCCUPATION_TYPE_Managers": 1}, "OCCUPATION_TYPE", "Drivers"),
        ({"OCCUPATION_TYPE_A": 0, "OCCUPATION_TYPE_B": None, "OCCUPATION_TYPE_C": "1.0"}, "OCCUPATION_TYPE", "C"),
        ({"OCCUPATION_TYPE_A": 2, "OCCUPATION_TYPE_B": 1}, "OCCUPATION_TYPE", None),
        ({"OCCUPATION_TYPE_A": 0}, "OCCUPATION_TYPE", None),
        ({"OCCUPATION_TYPE": 5}, "OCCUPATION_TYPE", None),
        ({"OCCUPATION_TYPES": 1}, "OCCUPATION_TYPE", None),
    ],
)
def test_value_to_show_is_the_row_s_own_raw_or_encoded(row: dict[str, object], source: str, value: object) -> None:
    assert raw_value(row, source) == value
