"""Rows read at once and rows read cell by cell: the same numbers, the same refusals, whatever they hold."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from core.records import Aligned
from tests.core.samples import ALIGNER, ENCODED, RAW, align, aligned_one, places, raw


class Unusual(dict[str, object]):
    """A row that is no plain dict, and is therefore read cell by cell."""


NAMES = sorted({*RAW, *ENCODED, "OCCUPATION_TYPE_Nobody", "CHANNEL", "DAYS_LAST_SEEN"} - {"SK_ID_CURR"})
CELLS = st.sampled_from(
    [
        *(None, "", math.nan, math.inf, 0, 1, 2, 0.0, 1.0, 0.5, -1460, 365243, 2**70, 10**400, True, False, "1", "0.5"),
        *("F", "Y", "N", "Drivers", "Nobody", "abc", [], [1], {}, {"a": 1}),
    ]
)
IDS = st.integers(0, 5) | st.sampled_from([None, math.nan, "7", 7.0, 7.5, "x", True, 2**63])
ROWS = st.lists(
    st.builds(
        lambda base, client, changes: {**base, "SK_ID_CURR": client, **changes},
        st.sampled_from([RAW, ENCODED, {}]),
        IDS,
        st.dictionaries(st.sampled_from(NAMES), CELLS, max_size=3),
    ),
    min_size=1,
    max_size=4,
)


def everything(found: Aligned) -> object:
    problems = [(each.code, each.row, each.column, dict(each.facts)) for each in found.refused]
    return found.ids, found.rows, found.values.tobytes(), found.states.tobytes(), found.unknown, problems


@given(ROWS)
def test_row_read_at_once_is_the_row_read_cell_by_cell(rows: list[dict[str, object]]) -> None:
    assert everything(ALIGNER.align(rows)) == everything(ALIGNER.align([Unusual(row) for row in rows]))


def test_one_bad_cell_leaves_clients_of_the_same_names_as_they_are() -> None:
    found = align(RAW, raw(SK_ID_CURR=2, AMT_CREDIT="much"), raw(SK_ID_CURR=3, FLAG_PHONE=7), raw(SK_ID_CURR=4))
    assert found.ids == (900001, 4)
    assert found.rows == (1, 4)
    assert places(found.refused) == [("text_in_number", 2, "AMT_CREDIT"), ("not_zero_or_one", 3, "FLAG_PHONE")]
    assert found.values[0].tobytes() == found.values[1].tobytes() == align(RAW).values[0].tobytes()


def test_true_and_false_are_one_and_zero_in_flags_and_one_hots_only() -> None:
    row = {**ENCODED, "FLAG_PHONE": True, "OCCUPATION_TYPE_Managers": True, "OCCUPATION_TYPE_Drivers": False}
    assert aligned_one(row) == aligned_one({**ENCODED, "FLAG_PHONE": 1})
    assert places(align(raw(AMT_CREDIT=True)).refused) == [("boolean_in_number", 1, "AMT_CREDIT")]


def test_ever_new_names_are_read_and_named_and_cost_no_memory() -> None:
    for turn in range(100):
        found = align(raw(**{f"COLUMN_{turn}": 1, f"OTHER_{turn}": "x"}))
        assert found.unknown == (f"COLUMN_{turn}", f"OTHER_{turn}")
    assert len(ALIGNER._cells._plans) <= 32
    for turn in range(100):
        assert align(raw(**{f"{turn}{'x' * 2**20}": 1})).unknown
    kept = sum(len(name) for names in ALIGNER._cells._plans for name in names)
    assert kept < 32 * 2**17
