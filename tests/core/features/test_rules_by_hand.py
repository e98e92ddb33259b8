"""Every table's rules on rows typed here, with the exact answer beside them."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pytest

from core.features.categories import columns_of
from tests.core.features.tables import applications, build, table_of

NONE = float("nan")


def row_of(features: pd.DataFrame, client: int, wanted: dict[str, float]) -> dict[str, float]:
    return {name: float(cast(float, features.loc[client, name])) for name in wanted}


def same(found: dict[str, float], wanted: dict[str, float]) -> bool:
    return found == pytest.approx(wanted, rel=1e-12, nan_ok=True)


def test_an_application_is_encoded_as_training_encodes_it(tmp_path: Path) -> None:
    typed = {
        "SK_ID_CURR": 7,
        "TARGET": 1,
        "CODE_GENDER": "M",
        "FLAG_OWN_CAR": "Y",
        "FLAG_OWN_REALTY": "Y",
        "NAME_CONTRACT_TYPE": "Cash loans",
        "AMT_CREDIT": 200.0,
        "AMT_INCOME_TOTAL": 100.0,
        "AMT_ANNUITY": 10.0,
        "DAYS_BIRTH": -10000,
        "DAYS_EMPLOYED": 365243,
        "CNT_FAM_MEMBERS": 0,
    }
    unknown = {"SK_ID_CURR": 8, "TARGET": 0, "CODE_GENDER": "XNA"}
    features = build(tmp_path, {"application_train": table_of("application_train", [unknown, typed])})
    assert features.index.tolist() == [7]
    wanted = {
        "TARGET": 1,
        "CODE_GENDER": 0,
        "FLAG_OWN_CAR": 1,
        "FLAG_OWN_REALTY": 0,
        "NAME_CONTRACT_TYPE_Cash loans": 1,
        "NAME_CONTRACT_TYPE_Revolving loans": 0,
        "OCCUPATION_TYPE_Drivers": 0,
        "DAYS_EMPLOYED": NONE,
        "DAYS_EMPLOYED_PERC": NONE,
        "INCOME_CREDIT_PERC": 0.5,
        "INCOME_PER_PERSON": NONE,
        "ANNUITY_INCOME_PERC": 0.1,
        "PAYMENT_RATE": 0.05,
    }
    assert same(row_of(features, 7, wanted), wanted)


def test_bureau_all_loans_then_open_and_paid_ones_and_the_months_of_each(tmp_path: Path) -> None:
    loans = [
        {"SK_ID_CURR": 1, "SK_ID_BUREAU": 10, "CREDIT_ACTIVE": "Active", "DAYS_CREDIT": -100, "AMT_CREDIT_SUM": 5.0},
        {"SK_ID_CURR": 1, "SK_ID_BUREAU": 11, "CREDIT_ACTIVE": "Closed", "DAYS_CREDIT": -300, "AMT_CREDIT_SUM": NONE},
        {"SK_ID_CURR": 1, "SK_ID_BUREAU": 12, "CREDIT_ACTIVE": "Closed", "DAYS_CREDIT": -500, "AMT_CREDIT_SUM": 7.0},
        {"SK_ID_CURR": 2, "SK_ID_BUREAU": 13, "CREDIT_ACTIVE": "Sold", "CREDIT_TYPE": None},
    ]
    months = [
        {"SK_ID_BUREAU": 10, "MONTHS_BALANCE": 0, "STATUS": "0"},
        {"SK_ID_BUREAU": 10, "MONTHS_BALANCE": -1, "STATUS": "C"},
        {"SK_ID_BUREAU": 10, "MONTHS_BALANCE": -2, "STATUS": "C"},
        {"SK_ID_BUREAU": 12, "MONTHS_BALANCE": -9, "STATUS": "0"},
    ]
    features = build(
        tmp_path,
        {
            "application_train": applications(1, 2, 3),
            "bureau": table_of("bureau", loans),
            "bureau_balance": table_of("bureau_balance", months),
        },
    )
    wanted = {
        "BURO_DAYS_CREDIT_MIN": -500,
        "BURO_DAYS_CREDIT_MAX": -100,
        "BURO_DAYS_CREDIT_MEAN": -300,
        "BURO_DAYS_CREDIT_VAR": 40000,
        "BURO_AMT_CREDIT_SUM_MEAN": 6,
        "BURO_AMT_CREDIT_SUM_SUM": 12,
        "BURO_CREDIT_ACTIVE_Closed_MEAN": 2 / 3,
        "BURO_MONTHS_BALANCE_MIN_MIN": -9,
        "BURO_MONTHS_BALANCE_MAX_MAX": 0,
        "BURO_MONTHS_BALANCE_SIZE_MEAN": 2,
        "BURO_MONTHS_BALANCE_SIZE_SUM": 4,
        "BURO_STATUS_C_MEAN_MEAN": 1 / 3,
        "BURO_STATUS_0_MEAN_MEAN": 2 / 3,
        "ACTIVE_DAYS_CREDIT_MEAN": -100,
        "ACTIVE_DAYS_CREDIT_VAR": NONE,
        "CLOSED_DAYS_CREDIT_MEAN": -400,
        "CLOSED_DAYS_CREDIT_VAR": 20000,
        "CLOSED_AMT_CREDIT_SUM_SUM": 7,
        "CLOSED_MONTHS_BALANCE_SIZE_SUM": 1,
    }
    assert same(row_of(features, 1, wanted), wanted)
    empty = {
        "BURO_DAYS_CREDIT_MEAN": NONE,
        "BURO_AMT_CREDIT_SUM_SUM": 0,
        "BURO_CREDIT_TYPE_nan_MEAN": 1,
        "BURO_MONTHS_BALANCE_SIZE_SUM": 0,
        "BURO_STATUS_0_MEAN_MEAN": NONE,
        "ACTIVE_AMT_CREDIT_SUM_SUM": NONE,
    }
    assert same(row_of(features, 2, empty), empty)
    assert features.loc[3, list(columns_of("BURO", "ACTIVE", "CLOSED"))].isna().all()


def test_previous_applications_by_their_answer(tmp_path: Path) -> None:
    rows = [
        {"NAME_CONTRACT_STATUS": "Approved", "AMT_APPLICATION": 50.0, "AMT_CREDIT": 100.0, "CNT_PAYMENT": 12},
        {"NAME_CONTRACT_STATUS": "Refused", "AMT_APPLICATION": 80.0, "AMT_CREDIT": 0.0, "DAYS_DECISION": 365243},
        {"NAME_CONTRACT_STATUS": "Approved", "AMT_APPLICATION": 0.0, "AMT_CREDIT": 0.0, "DAYS_DECISION": -40},
    ]
    table = table_of("previous_application", [{"SK_ID_CURR": 5, **row} for row in rows])
    features = build(tmp_path, {"application_train": applications(5), "previous_application": table})
    wanted = {
        "PREV_AMT_APPLICATION_MAX": 80,
        "PREV_APP_CREDIT_PERC_MEAN": 0.5,
        "PREV_APP_CREDIT_PERC_VAR": NONE,
        "PREV_DAYS_DECISION_MEAN": -40,
        "PREV_CNT_PAYMENT_SUM": 12,
        "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": 2 / 3,
        "PREV_NAME_CONTRACT_STATUS_nan_MEAN": 0,
        "PREV_CHANNEL_TYPE_nan_MEAN": 1,
        "APPROVED_AMT_CREDIT_MEAN": 50,
        "REFUSED_AMT_CREDIT_MEAN": 0,
        "REFUSED_DAYS_DECISION_MIN": NONE,
        "REFUSED_CNT_PAYMENT_SUM": 0,
    }
    assert same(row_of(features, 5, wanted), wanted)


def test_instalments_late_and_early_paid_and_unpaid(tmp_path: Path) -> None:
    columns = ["NUM_INSTALMENT_VERSION", "DAYS_INSTALMENT", "DAYS_ENTRY_PAYMENT", "AMT_INSTALMENT", "AMT_PAYMENT"]
    rows = [
        [1, -30, -25, 100.0, 100.0],
        [1, -60, -70, 200.0, 50.0],
        [2, -90, NONE, 0.0, NONE],
        [NONE, -90, -90, 0.0, 10.0],
    ]
    typed = [{"SK_ID_CURR": 4, **dict(zip(columns, row, strict=True))} for row in rows]
    table = table_of("installments_payments", typed)
    features = build(tmp_path, {"application_train": applications(4), "installments_payments": table})
    wanted = {
        "INSTAL_NUM_INSTALMENT_VERSION_NUNIQUE": 2,
        "INSTAL_DPD_MAX": 5,
        "INSTAL_DPD_MEAN": 1.25,
        "INSTAL_DPD_SUM": 5,
        "INSTAL_DBD_MAX": 10,
        "INSTAL_DBD_SUM": 10,
        "INSTAL_PAYMENT_PERC_MEAN": 0.625,
        "INSTAL_PAYMENT_PERC_SUM": 1.25,
        "INSTAL_PAYMENT_PERC_VAR": 0.28125,
        "INSTAL_PAYMENT_DIFF_MAX": 150,
        "INSTAL_PAYMENT_DIFF_SUM": 140,
        "INSTAL_AMT_INSTALMENT_MEAN": 75,
        "INSTAL_AMT_PAYMENT_MIN": 10,
        "INSTAL_AMT_PAYMENT_SUM": 160,
        "INSTAL_DAYS_ENTRY_PAYMENT_SUM": -185,
        "INSTAL_COUNT": 4,
    }
    assert same(row_of(features, 4, wanted), wanted)


def test_cash_loans_month_by_month(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"SK_ID_CURR": 1, "MONTHS_BALANCE": -3, "SK_DPD": 2, "NAME_CONTRACT_STATUS": "Active"},
        {"SK_ID_CURR": 2, "MONTHS_BALANCE": -1, "SK_DPD": None, "NAME_CONTRACT_STATUS": "Something new"},
        {"SK_ID_CURR": 1, "MONTHS_BALANCE": None, "SK_DPD": 0, "NAME_CONTRACT_STATUS": "Completed"},
    ]
    features = build(
        tmp_path,
        {"application_train": applications(1, 2), "POS_CASH_balance": table_of("POS_CASH_balance", rows)},
    )
    wanted = {
        "POS_MONTHS_BALANCE_MAX": -3,
        "POS_MONTHS_BALANCE_SIZE": 2,
        "POS_SK_DPD_MEAN": 1,
        "POS_NAME_CONTRACT_STATUS_Active_MEAN": 0.5,
        "POS_COUNT": 2,
    }
    assert same(row_of(features, 1, wanted), wanted)
    wanted = {"POS_MONTHS_BALANCE_SIZE": 1, "POS_SK_DPD_MAX": NONE, "POS_NAME_CONTRACT_STATUS_Active_MEAN": 0}
    assert same(row_of(features, 2, wanted), wanted)


def test_cards_five_ways_one_hots_included(tmp_path: Path) -> None:
    rows = [
        {"SK_ID_CURR": 9, "AMT_BALANCE": 1.0, "NAME_CONTRACT_STATUS": "Active"},
        {"SK_ID_CURR": 9, "AMT_BALANCE": NONE, "NAME_CONTRACT_STATUS": "Active"},
        {"SK_ID_CURR": 9, "AMT_BALANCE": 5.0, "NAME_CONTRACT_STATUS": "Completed"},
    ]
    table = table_of("credit_card_balance", rows)
    features = build(tmp_path, {"application_train": applications(9), "credit_card_balance": table})
    wanted: dict[str, float] = {
        "CC_AMT_BALANCE_MIN": 1,
        "CC_AMT_BALANCE_MAX": 5,
        "CC_AMT_BALANCE_MEAN": 3,
        "CC_AMT_BALANCE_SUM": 6,
        "CC_AMT_BALANCE_VAR": 8,
        "CC_SK_DPD_MEAN": NONE,
        "CC_SK_DPD_SUM": 0,
        "CC_NAME_CONTRACT_STATUS_Active_MIN": 0,
        "CC_NAME_CONTRACT_STATUS_Active_MAX": 1,
        "CC_NAME_CONTRACT_STATUS_Active_MEAN": 2 / 3,
        "CC_NAME_CONTRACT_STATUS_Active_SUM": 2,
        "CC_NAME_CONTRACT_STATUS_Active_VAR": float(np.var([1, 1, 0], ddof=1)),
        "CC_COUNT": 3,
    }
    assert same(row_of(features, 9, wanted), wanted)
