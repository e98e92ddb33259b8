"""The rules of the seven tables in plain pandas, as most people write them: one-hot frames, group-by, a lambda a row.

Slow and easy to read on purpose: the engine must give the same numbers. It takes the tables as pandas reads them, by
the data set's names, and the names of the wanted columns; of the engine it knows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd

Frame = pd.DataFrame
KEY = "SK_ID_CURR"

BUREAU = {
    "DAYS_CREDIT": ["min", "max", "mean", "var"],
    "DAYS_CREDIT_ENDDATE": ["min", "max", "mean"],
    "DAYS_CREDIT_UPDATE": ["mean"],
    "CREDIT_DAY_OVERDUE": ["max", "mean"],
    "AMT_CREDIT_MAX_OVERDUE": ["mean"],
    "AMT_CREDIT_SUM": ["max", "mean", "sum"],
    "AMT_CREDIT_SUM_DEBT": ["max", "mean", "sum"],
    "AMT_CREDIT_SUM_OVERDUE": ["mean"],
    "AMT_CREDIT_SUM_LIMIT": ["mean", "sum"],
    "AMT_ANNUITY": ["max", "mean"],
    "CNT_CREDIT_PROLONG": ["sum"],
}
BALANCE = {"MONTHS_BALANCE_MIN": ["min"], "MONTHS_BALANCE_MAX": ["max"], "MONTHS_BALANCE_SIZE": ["mean", "sum"]}
PREVIOUS = {
    "AMT_ANNUITY": ["min", "max", "mean"],
    "AMT_APPLICATION": ["min", "max", "mean"],
    "AMT_CREDIT": ["min", "max", "mean"],
    "APP_CREDIT_PERC": ["min", "max", "mean", "var"],
    "AMT_DOWN_PAYMENT": ["min", "max", "mean"],
    "AMT_GOODS_PRICE": ["min", "max", "mean"],
    "HOUR_APPR_PROCESS_START": ["min", "max", "mean"],
    "RATE_DOWN_PAYMENT": ["min", "max", "mean"],
    "DAYS_DECISION": ["min", "max", "mean"],
    "CNT_PAYMENT": ["mean", "sum"],
}
PREVIOUS_TEXTS = [
    "NAME_CONTRACT_TYPE",
    "WEEKDAY_APPR_PROCESS_START",
    "FLAG_LAST_APPL_PER_CONTRACT",
    "NAME_CASH_LOAN_PURPOSE",
    "NAME_CONTRACT_STATUS",
    "NAME_PAYMENT_TYPE",
    "CODE_REJECT_REASON",
    "NAME_TYPE_SUITE",
    "NAME_CLIENT_TYPE",
    "NAME_GOODS_CATEGORY",
    "NAME_PORTFOLIO",
    "NAME_PRODUCT_TYPE",
    "CHANNEL_TYPE",
    "NAME_SELLER_INDUSTRY",
    "NAME_YIELD_GROUP",
    "PRODUCT_COMBINATION",
]
POS = {"MONTHS_BALANCE": ["max", "mean", "size"], "SK_DPD": ["max", "mean"], "SK_DPD_DEF": ["max", "mean"]}
INSTALMENTS = {
    "NUM_INSTALMENT_VERSION": ["nunique"],
    "DPD": ["max", "mean", "sum"],
    "DBD": ["max", "mean", "sum"],
    "PAYMENT_PERC": ["max", "mean", "sum", "var"],
    "PAYMENT_DIFF": ["max", "mean", "sum", "var"],
    "AMT_INSTALMENT": ["max", "mean", "sum"],
    "AMT_PAYMENT": ["min", "max", "mean", "sum"],
    "DAYS_ENTRY_PAYMENT": ["max", "mean", "sum"],
}
APPLICATION_TEXTS = [
    "NAME_CONTRACT_TYPE",
    "NAME_TYPE_SUITE",
    "NAME_INCOME_TYPE",
    "NAME_EDUCATION_TYPE",
    "NAME_FAMILY_STATUS",
    "NAME_HOUSING_TYPE",
    "OCCUPATION_TYPE",
    "WEEKDAY_APPR_PROCESS_START",
    "ORGANIZATION_TYPE",
    "FONDKAPREMONT_MODE",
    "HOUSETYPE_MODE",
    "WALLSMATERIAL_MODE",
    "EMERGENCYSTATE_MODE",
]


def features(tables: Mapping[str, Frame], columns: Sequence[str]) -> Frame:
    """One row per application in the order of its id: the id, TARGET where there is one, then the wanted columns."""
    rows = application(tables["application_train"], columns)
    if "bureau" in tables:
        rows = rows.join(bureau(tables["bureau"], tables.get("bureau_balance"), columns), on=KEY)
    if "previous_application" in tables:
        rows = rows.join(previous_application(tables["previous_application"], columns), on=KEY)
    if "POS_CASH_balance" in tables:
        rows = rows.join(pos_cash(tables["POS_CASH_balance"], columns), on=KEY)
    if "installments_payments" in tables:
        rows = rows.join(installments(tables["installments_payments"]), on=KEY)
    if "credit_card_balance" in tables:
        rows = rows.join(credit_card(tables["credit_card_balance"], columns), on=KEY)
    first = [name for name in (KEY, "TARGET") if name in rows]
    return rows.reindex(columns=[*first, *columns]).sort_values(KEY).reset_index(drop=True)


def application(table: Frame, columns: Sequence[str]) -> Frame:
    """The applications, encoded; the XNA genders dropped; no column for a missing value."""
    rows = table[table["CODE_GENDER"] != "XNA"].copy()
    rows["CODE_GENDER"] = rows["CODE_GENDER"].map({"M": 0, "F": 1})
    rows["FLAG_OWN_CAR"] = rows["FLAG_OWN_CAR"].map({"N": 0, "Y": 1})
    rows["FLAG_OWN_REALTY"] = rows["FLAG_OWN_REALTY"].map({"Y": 0, "N": 1})
    rows = one_hot(rows, APPLICATION_TEXTS, columns, dummy_na=False)
    rows["DAYS_EMPLOYED"] = rows["DAYS_EMPLOYED"].replace(365243, np.nan)
    rows["DAYS_EMPLOYED_PERC"] = ratio(rows["DAYS_EMPLOYED"], rows["DAYS_BIRTH"])
    rows["INCOME_CREDIT_PERC"] = ratio(rows["AMT_INCOME_TOTAL"], rows["AMT_CREDIT"])
    rows["INCOME_PER_PERSON"] = ratio(rows["AMT_INCOME_TOTAL"], rows["CNT_FAM_MEMBERS"])
    rows["ANNUITY_INCOME_PERC"] = ratio(rows["AMT_ANNUITY"], rows["AMT_INCOME_TOTAL"])
    rows["PAYMENT_RATE"] = ratio(rows["AMT_ANNUITY"], rows["AMT_CREDIT"])
    return rows


def bureau(table: Frame, balance: Frame | None, columns: Sequence[str]) -> Frame:
    """BURO for all loans, ACTIVE and CLOSED (numbers only) for the open and the paid ones."""
    texts = ["CREDIT_ACTIVE", "CREDIT_CURRENCY", "CREDIT_TYPE"]
    wanted = wanted_of(columns, "BURO")
    loans = one_hot(table, texts, wanted, dummy_na=True)
    numbers = dict(BUREAU)
    shares = {name: ["mean"] for name in wanted if name.startswith(tuple(texts))}
    if balance is not None:
        statuses = [name.removesuffix("_MEAN") for name in wanted if name.startswith("STATUS_")]
        months = one_hot(balance, ["STATUS"], statuses, dummy_na=True)
        rules = {"MONTHS_BALANCE": ["min", "max", "size"]} | {status: ["mean"] for status in statuses}
        loans = loans.join(aggregate(months, rules, key="SK_ID_BUREAU"), on="SK_ID_BUREAU")
        numbers |= BALANCE
        shares |= {f"{status}_MEAN": ["mean"] for status in statuses}
    active = aggregate(loans[loans["CREDIT_ACTIVE_Active"] == 1], numbers, prefix="ACTIVE_")
    closed = aggregate(loans[loans["CREDIT_ACTIVE_Closed"] == 1], numbers, prefix="CLOSED_")
    return aggregate(loans, numbers | shares, prefix="BURO_").join(active).join(closed)


def previous_application(table: Frame, columns: Sequence[str]) -> Frame:
    """PREV for all former applications, APPROVED and REFUSED (numbers only) for the granted and the refused ones."""
    wanted = wanted_of(columns, "PREV")
    rows = one_hot(table, PREVIOUS_TEXTS, wanted, dummy_na=True)
    for column in [name for name in map(str, rows) if name.startswith("DAYS_")]:
        rows[column] = rows[column].replace(365243, np.nan)
    rows["APP_CREDIT_PERC"] = ratio(rows["AMT_APPLICATION"], rows["AMT_CREDIT"])
    shares = {name: ["mean"] for name in wanted if name.startswith(tuple(PREVIOUS_TEXTS))}
    approved = aggregate(rows[rows["NAME_CONTRACT_STATUS_Approved"] == 1], PREVIOUS, prefix="APPROVED_")
    refused = aggregate(rows[rows["NAME_CONTRACT_STATUS_Refused"] == 1], PREVIOUS, prefix="REFUSED_")
    return aggregate(rows, PREVIOUS | shares, prefix="PREV_").join(approved).join(refused)


def pos_cash(table: Frame, columns: Sequence[str]) -> Frame:
    """POS, and how many rows there are."""
    wanted = wanted_of(columns, "POS")
    rows = one_hot(table, ["NAME_CONTRACT_STATUS"], wanted, dummy_na=True)
    shares = {name: ["mean"] for name in wanted if name.startswith("NAME_CONTRACT_STATUS_")}
    found = aggregate(rows, POS | shares, prefix="POS_")
    found["POS_COUNT"] = rows.groupby(KEY).size()
    return found


def installments(table: Frame) -> Frame:
    """INSTAL, with the share paid, what was left, and the days late or early, never below 0."""
    rows = table.copy()
    rows["PAYMENT_PERC"] = ratio(rows["AMT_PAYMENT"], rows["AMT_INSTALMENT"])
    rows["PAYMENT_DIFF"] = rows["AMT_INSTALMENT"] - rows["AMT_PAYMENT"]
    rows["DPD"] = (rows["DAYS_ENTRY_PAYMENT"] - rows["DAYS_INSTALMENT"]).apply(lambda days: days if days > 0 else 0)
    rows["DBD"] = (rows["DAYS_INSTALMENT"] - rows["DAYS_ENTRY_PAYMENT"]).apply(lambda days: days if days > 0 else 0)
    found = aggregate(rows, INSTALMENTS, prefix="INSTAL_")
    found["INSTAL_COUNT"] = rows.groupby(KEY).size()
    return found


def credit_card(table: Frame, columns: Sequence[str]) -> Frame:
    """CC: five aggregations of every column but SK_ID_PREV, one-hots included."""
    wanted = [name.removesuffix("_MIN") for name in columns if name.startswith("CC_") and name.endswith("_MIN")]
    rows = one_hot(table, ["NAME_CONTRACT_STATUS"], [name.removeprefix("CC_") for name in wanted], dummy_na=True)
    rows = rows.drop(columns=["SK_ID_PREV"], errors="ignore")
    every = {name: ["min", "max", "mean", "sum", "var"] for name in map(str, rows) if name != KEY}
    found = aggregate(rows, every, prefix="CC_")
    found["CC_COUNT"] = rows.groupby(KEY).size()
    return found


def one_hot(table: Frame, texts: Sequence[str], wanted: Sequence[str], *, dummy_na: bool) -> Frame:
    """get_dummies, and a column of False for each wanted category that no row has."""
    rows = pd.get_dummies(table, columns=list(texts), dummy_na=dummy_na)
    starts = tuple(f"{column}_" for column in texts)
    never = [name for name in wanted if name.startswith(starts) and name not in rows]
    return rows.assign(**dict.fromkeys(never, False))


def aggregate(rows: Frame, rules: Mapping[str, list[str]], *, prefix: str = "", key: str = KEY) -> Frame:
    """rows.groupby(key).agg(rules), the columns named <prefix><column>_<AGGREGATION>."""
    found = rows.groupby(key).agg(dict(rules))
    pairs = cast(Iterable[tuple[str, str]], found.columns)
    found.columns = pd.Index([f"{prefix}{column}_{aggregation.upper()}" for column, aggregation in pairs])
    return found


def wanted_of(columns: Sequence[str], prefix: str) -> list[str]:
    """The x of every column <prefix>_x_MEAN."""
    return [
        name.removeprefix(f"{prefix}_").removesuffix("_MEAN")
        for name in columns
        if name.startswith(f"{prefix}_") and name.endswith("_MEAN")
    ]


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """The division, missing where it is not finite."""
    return (numerator / denominator).replace([np.inf, -np.inf], np.nan)
