"""Laws of alignment that hold for any client, tried on many: raw or encoded, in any order, alone or among others."""

from __future__ import annotations

import math
import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.aligner import Aligner
from core.records import ValueOrigin
from tests.core.samples import ALIGNER, COLUMNS, NAMES, RAW, raw, without

LETTERS = {"CODE_GENDER": "MF", "FLAG_OWN_CAR": "NY", "FLAG_OWN_REALTY": "YN"}
CATEGORIES = {
    "NAME_CONTRACT_TYPE": ("Cash loans", "Revolving loans"),
    "OCCUPATION_TYPE": ("Drivers", "Managers", "Sales staff"),
}
RATIOS = {
    "DAYS_EMPLOYED_PERC": ("DAYS_EMPLOYED", "DAYS_BIRTH"),
    "INCOME_CREDIT_PERC": ("AMT_INCOME_TOTAL", "AMT_CREDIT"),
    "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
    "ANNUITY_INCOME_PERC": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
    "PAYMENT_RATE": ("AMT_ANNUITY", "AMT_CREDIT"),
}

missing = st.sampled_from([None, math.nan, math.inf, ""])
amounts = st.floats(1.0, 1e8) | st.integers(1, 10**8)
whole_clients = st.fixed_dictionaries(
    {
        "SK_ID_CURR": st.integers(0, 2**63 - 1),
        "AMT_INCOME_TOTAL": amounts,
        "AMT_CREDIT": amounts,
        "DAYS_BIRTH": st.integers(-25000, -7000),
        "AMT_ANNUITY": amounts | st.just(0),
        "CNT_FAM_MEMBERS": st.integers(1, 12),
        **{name: st.sampled_from(letters) for name, letters in LETTERS.items()},
    },
    optional={
        "DAYS_EMPLOYED": st.integers(-15000, 0) | st.just(365243) | missing,
        "FLAG_PHONE": st.booleans() | st.integers(0, 1) | missing,
        "EXT_SOURCE_1": st.floats(0, 1) | missing,
        **{name: st.sampled_from([*values, "Something new"]) | missing for name, values in CATEGORIES.items()},
    },
)
clients = st.builds(
    lambda row, lacking: {name: value for name, value in row.items() if name not in lacking},
    whole_clients,
    st.sets(st.sampled_from([*LETTERS, "AMT_ANNUITY", "CNT_FAM_MEMBERS"])),
)


def align_one(row: object) -> tuple[list[float], list[int]]:
    found = ALIGNER.align([row])
    assert not found.refused, found.refused
    return found.values[0].tolist(), found.states[0].tolist()


def bits(values: list[float]) -> bytes:
    return np.array(values).tobytes()


def is_missing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def encode_by_hand(row: dict[str, object]) -> dict[str, object]:
    """What somebody who knows the contract, and not our code, would send as encoded columns."""
    known = {name: value for name, value in row.items() if not is_missing(value)}
    if known.get("DAYS_EMPLOYED") == 365243:
        del known["DAYS_EMPLOYED"]
    sent = {name: value for name, value in known.items() if name not in (*LETTERS, *CATEGORIES)}
    for name, letters in LETTERS.items():
        if name in known:
            sent[name] = letters.index(str(known[name]))
    for name, values in CATEGORIES.items():
        if name in known:
            sent |= {f"{name}_{value}": int(value == known[name]) for value in values}
    for name, (above, below) in RATIOS.items():
        if above in known and below in known:
            sent[name] = float(known[above]) / float(known[below])  # type: ignore[arg-type]
    return sent


@given(clients)
def test_any_raw_client_and_the_same_encoded_by_hand_get_the_same_bits(row: dict[str, object]) -> None:
    assert bits(align_one(row)[0]) == bits(align_one(encode_by_hand(row))[0])


@given(clients, st.randoms(use_true_random=False))
def test_order_of_a_row_s_columns_changes_no_bit(row: dict[str, object], chance: random.Random) -> None:
    shuffled = list(row.items())
    chance.shuffle(shuffled)
    assert bits(align_one(dict(shuffled))[0]) == bits(align_one(row)[0])


@given(clients)
def test_every_number_has_a_state_that_fits_it(row: dict[str, object]) -> None:
    for column, value, state in zip(COLUMNS, *align_one(row), strict=True):
        assert math.isnan(value) == (state == ValueOrigin.MISSING and column.kind != "one_hot")
        assert not (column.complete and state == ValueOrigin.MISSING)


@given(whole_clients)
def test_aligning_twice_equals_aligning_once(row: dict[str, object]) -> None:
    once = align_one(row)[0]
    again = align_one({"SK_ID_CURR": 1, **dict(zip(NAMES, once, strict=True))})[0]
    assert bits(again) == bits(once)


@given(clients)
def test_sending_back_what_was_not_assumed_gives_the_same_bits(row: dict[str, object]) -> None:
    once, states = align_one(row)
    kept = {name: value for name, value, state in zip(NAMES, once, states, strict=True) if state != ValueOrigin.ASSUMED}
    assert bits(align_one({"SK_ID_CURR": 1, **kept})[0]) == bits(once)


BAD = st.sampled_from(
    [
        None,
        raw(SK_ID_CURR="x"),
        raw(AMT_CREDIT="a lot"),
        raw(PAYMENT_RATE=9.0),
        raw(OCCUPATION_TYPE_Drivers=1),
        without(RAW, "DAYS_BIRTH"),
        {"SK_ID_CURR": 5, "COLOUR": "blue"},
    ]
)


@given(st.lists(clients, min_size=1, max_size=6, unique_by=lambda row: row["SK_ID_CURR"]), st.data())
def test_refused_row_never_changes_its_neighbours_bits(rows: list[dict[str, object]], data: st.DataObject) -> None:
    sent: list[object] = []
    for row in rows:
        sent += [*data.draw(st.lists(BAD, max_size=2)), row]
    taken = {row.get("SK_ID_CURR") for row in sent if isinstance(row, dict) and row not in rows}
    good = [row for row in rows if row["SK_ID_CURR"] not in taken]
    found = ALIGNER.align(sent)
    assert found.ids == tuple(row["SK_ID_CURR"] for row in good)
    for index, row in enumerate(good):
        assert bits(found.values[index].tolist()) == bits(align_one(row)[0])
        assert found.states[index].tolist() == align_one(row)[1]


@given(st.permutations(range(len(COLUMNS))), clients)
def test_model_with_its_columns_in_another_order_gets_the_same_numbers(
    order: list[int], row: dict[str, object]
) -> None:
    found = Aligner([COLUMNS[place] for place in order]).align([row])
    straight = align_one(row)[0]
    assert bits(found.values[0].tolist()) == bits([straight[place] for place in order])
