"""Tables of the shape of Home Credit's, made up on the spot: no row of them is anybody's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.alignment.parsers import BINARY, RATIOS, describe_column
from core.features.categories import COLUMNS, HISTORIES
from core.training.applications import Applications, check_applications

NAME = "application_train.csv"
NOTHING = np.array(None, dtype=object)
"""A missing text."""


def typed_table() -> pd.DataFrame:
    """Six clients typed by hand; the last but one never worked, and the last has a gender nobody knows."""
    return pd.DataFrame(
        {
            "SK_ID_CURR": [6, 2, 3, 4, 5, 1],
            "TARGET": [0, 1, 0, 0, 1, 0],
            "CODE_GENDER": ["F", "M", "F", "F", "M", "XNA"],
            "AMT_INCOME_TOTAL": [90.0, 80.0, 70.0, 60.0, 50.0, 40.0],
            "AMT_CREDIT": [100.0, 200.0, 300.0, 400.0, 500.0, 600.0],
            "DAYS_BIRTH": [-9000, -10000, -11000, -12000, -20000, -14000],
            "DAYS_EMPLOYED": [-100, -200, -300, -400, 365243, -600],
            "NAME_CONTRACT_TYPE": ["Cash loans", "Cash loans", "Revolving loans", "Cash loans", "Cash loans", None],
        }
    )


def drawn_table(n: int = 2000, seed: int = 3) -> pd.DataFrame:
    """n clients drawn at random with what training has to cope with: gaps, rare values, ties between columns."""
    chance = np.random.default_rng(seed)
    age = chance.integers(21, 68, n)
    idle = chance.random(n) < (age > 55) * 0.8
    ext = chance.beta(4, 3, (3, n))
    goods = 4500.0 * chance.integers(10, 200, n)
    revolving = chance.random(n) < 0.1
    credit = np.where(revolving, goods, np.round(goods * 1.1 / 4.5) * 4.5)
    car = chance.random(n) < 0.35
    children = chance.choice([0, 1, 2], n, p=[0.7, 0.2, 0.1])
    couple = chance.random(n) < 0.7
    asked = np.where(chance.random(n) < 0.15, np.nan, chance.poisson(1.5, n))
    flats = np.where(chance.random(n) < 0.5, np.nan, np.round(chance.beta(2, 20, n), 4))
    friends = chance.poisson(1.0, n).astype(float)
    table = pd.DataFrame(
        {
            "SK_ID_CURR": chance.permutation(np.arange(100_001, 100_001 + n)),
            "TARGET": (chance.random(n) < np.clip(0.8 - 1.1 * ext.mean(axis=0), 0.02, 0.9)).astype(int),
            "NAME_CONTRACT_TYPE": np.where(revolving, "Revolving loans", "Cash loans"),
            "CODE_GENDER": chance.choice(["F", "M"], n, p=[0.6, 0.4]),
            "FLAG_OWN_CAR": np.where(car, "Y", "N"),
            "CNT_CHILDREN": children,
            "AMT_INCOME_TOTAL": 4500.0 * chance.integers(10, 90, n),
            "AMT_CREDIT": credit,
            "AMT_ANNUITY": np.round(credit * np.where(revolving, 0.05, chance.uniform(0.03, 0.1, n)) / 4.5) * 4.5,
            "AMT_GOODS_PRICE": goods,
            "NAME_INCOME_TYPE": np.where(idle, "Pensioner", chance.choice(["Working", "State servant"], n)),
            "NAME_FAMILY_STATUS": np.where(couple, "Married", "Widow"),
            "DAYS_BIRTH": -365 * age - chance.integers(0, 365, n),
            "DAYS_EMPLOYED": np.where(idle, 365243, -chance.integers(1, 365 * (age - 18))),
            "DAYS_ID_PUBLISH": -chance.integers(0, 2000, n),
            "OWN_CAR_AGE": np.where(car, chance.integers(0, 30, n).astype(float), np.nan),
            "FLAG_EMP_PHONE": (~idle).astype(int),
            "FLAG_MOBIL": 1,
            "FLAG_DOCUMENT_2": (np.arange(n) < 20).astype(int),
            "OCCUPATION_TYPE": np.where(
                idle | (chance.random(n) < 0.2), NOTHING, chance.choice(["Drivers", "Managers"], n)
            ),
            "CNT_FAM_MEMBERS": children + 1 + couple,
            "REGION_RATING_CLIENT": chance.choice([1, 2, 3], n, p=[0.1, 0.7, 0.2]),
            "ORGANIZATION_TYPE": np.where(idle, "XNA", chance.choice(["Bank", "School"], n)),
            "EXT_SOURCE_1": np.where(chance.random(n) < 0.5, np.nan, ext[0]),
            "EXT_SOURCE_2": ext[1],
            "EXT_SOURCE_3": np.where(chance.random(n) < 0.2, np.nan, ext[2]),
            "APARTMENTS_AVG": flats,
            "APARTMENTS_MODE": flats,
            "APARTMENTS_MEDI": np.round(flats * 1.01, 4),
            "OBS_30_CNT_SOCIAL_CIRCLE": friends,
            "DEF_30_CNT_SOCIAL_CIRCLE": np.minimum(friends, chance.poisson(0.2, n)),
            "AMT_REQ_CREDIT_BUREAU_YEAR": asked,
            "EMERGENCYSTATE_MODE": np.where(chance.random(n) < 0.5, NOTHING, "No"),
        }
    )
    rare = table["NAME_CONTRACT_TYPE"].astype(object)
    rare.iloc[:20] = "Consumer loans"
    return table.assign(NAME_CONTRACT_TYPE=rare)


def typed_applications() -> Applications:
    """The typed table, checked."""
    return check_applications(typed_table(), NAME)


def drawn_applications() -> Applications:
    """The drawn table, checked."""
    return check_applications(drawn_table(), NAME)


def drawn_features(table: pd.DataFrame, seed: int = 8) -> pd.DataFrame:
    """What the features of a table are: codes, one-hots and ratios, and a bureau that a quarter has no history at."""
    found: dict[str, object] = {"SK_ID_CURR": table["SK_ID_CURR"], "TARGET": table["TARGET"]}
    chance = np.random.default_rng(seed)
    known = chance.random(len(table)) < 0.75
    for name in COLUMNS:
        source, kind, category = describe_column(name)
        if kind == "one_hot" and source in table:
            found[name] = (table[source] == category).astype(float)
        elif kind == "binary" and source in table:
            found[name] = table[source].map(BINARY[source])
        elif kind == "ratio":
            numerator, denominator = (pd.to_numeric(table[part]) for part in RATIOS[name])
            found[name] = (numerator.where(numerator != 365243) / denominator).astype(float)
        elif name in table:
            found[name] = table[name].where(table[name] != 365243).astype(float)
        elif name.startswith(tuple(f"{prefix}_" for prefix in HISTORIES)):
            found[name] = np.where(known, 0.0, np.nan) if name.startswith("BURO_") else np.nan
        else:
            # Columns that the table has not: one value for everybody, from which nothing can be learned.
            found[name] = 2.0 if "RATING" in name else 0.0
    debt = np.round(chance.lognormal(11, 1, len(table)), 2)
    found["BURO_AMT_CREDIT_SUM_DEBT_MEAN"] = np.where(known, debt, np.nan)
    found["BURO_DAYS_CREDIT_MEAN"] = np.where(known, -chance.integers(1, 2900, len(table)).astype(float), np.nan)
    found["BURO_CREDIT_ACTIVE_Active_MEAN"] = np.where(known, np.round(chance.random(len(table)), 3), np.nan)
    return pd.DataFrame(found)
