"""One-hot groups: raw or encoded, complete or partly given, seen or never seen."""

from __future__ import annotations

import msgspec
import pytest

from core.alignment.aligner import Aligner
from core.i18n.translations import translate_problem
from core.records import ValueOrigin
from tests.core.samples import COLUMNS, NAMES, RAW, align, aligned_one, places, raw, refused, states_of, without

CASH, REVOLVING = "NAME_CONTRACT_TYPE_Cash loans", "NAME_CONTRACT_TYPE_Revolving loans"
DRIVERS, MANAGERS, SALES = "OCCUPATION_TYPE_Drivers", "OCCUPATION_TYPE_Managers", "OCCUPATION_TYPE_Sales staff"
BARE = without(RAW, "NAME_CONTRACT_TYPE", "OCCUPATION_TYPE")


def contract(**cells: object) -> tuple[tuple[float, ValueOrigin], ...]:
    """(number, state) of both members of the group that was complete in training, Cash loans its usual value."""
    return _members((CASH, REVOLVING), cells)


def occupation(**cells: object) -> tuple[tuple[float, ValueOrigin], ...]:
    """(number, state) of the three members of the group that had missing values in training."""
    return _members((DRIVERS, MANAGERS, SALES), cells)


def _members(names: tuple[str, ...], cells: dict[str, object]) -> tuple[tuple[float, ValueOrigin], ...]:
    row = {**BARE, **{name.replace("__", " "): value for name, value in cells.items()}}
    values, states = aligned_one(row), states_of(row)
    return tuple((values[name], states[name]) for name in names)


def test_raw_category_sets_its_own_member_to_one_and_the_others_to_zero() -> None:
    assert contract(NAME_CONTRACT_TYPE="Revolving loans") == ((0.0, ValueOrigin.GIVEN), (1.0, ValueOrigin.GIVEN))
    assert occupation(OCCUPATION_TYPE="Sales staff") == (
        (0.0, ValueOrigin.GIVEN),
        (0.0, ValueOrigin.GIVEN),
        (1.0, ValueOrigin.GIVEN),
    )


def test_category_never_seen_leaves_every_member_at_zero_and_says_so() -> None:
    assert contract(NAME_CONTRACT_TYPE="Leasing") == ((0.0, ValueOrigin.UNSEEN), (0.0, ValueOrigin.UNSEEN))
    assert occupation(OCCUPATION_TYPE="Astronauts") == ((0.0, ValueOrigin.UNSEEN),) * 3


def test_encoded_zeros_beside_a_category_never_seen_do_not_bring_the_usual_one_back() -> None:
    assert contract(NAME_CONTRACT_TYPE="Leasing", **{REVOLVING: 0}) == (
        (0.0, ValueOrigin.UNSEEN),
        (0.0, ValueOrigin.UNSEEN),
    )


def test_missing_category_is_the_usual_one_where_training_had_no_missing_value() -> None:
    assumed = ((1.0, ValueOrigin.ASSUMED), (0.0, ValueOrigin.ASSUMED))
    assert contract() == assumed
    assert contract(NAME_CONTRACT_TYPE=None) == assumed
    assert contract(NAME_CONTRACT_TYPE="") == assumed


def test_missing_category_is_all_zero_where_training_had_missing_values() -> None:
    assert occupation() == ((0.0, ValueOrigin.MISSING),) * 3
    assert occupation(OCCUPATION_TYPE=float("nan")) == ((0.0, ValueOrigin.MISSING),) * 3


def test_one_given_member_at_one_sets_the_others_to_zero() -> None:
    assert contract(**{REVOLVING: 1}) == ((0.0, ValueOrigin.ASSUMED), (1.0, ValueOrigin.GIVEN))
    assert occupation(**{DRIVERS: True}) == (
        (1.0, ValueOrigin.GIVEN),
        (0.0, ValueOrigin.ASSUMED),
        (0.0, ValueOrigin.ASSUMED),
    )


def test_given_zero_leaves_the_usual_category_as_what_is_left() -> None:
    assert contract(**{REVOLVING: 0}) == ((1.0, ValueOrigin.ASSUMED), (0.0, ValueOrigin.GIVEN))


def test_given_zero_for_the_usual_category_does_not_bring_it_back() -> None:
    assert contract(**{CASH: 0}) == ((0.0, ValueOrigin.GIVEN), (0.0, ValueOrigin.ASSUMED))


def test_all_members_given_as_zero_is_a_category_never_seen_where_training_had_no_missing_value() -> None:
    assert contract(**{CASH: 0, REVOLVING: 0}) == ((0.0, ValueOrigin.UNSEEN), (0.0, ValueOrigin.UNSEEN))


def test_all_members_given_as_zero_is_a_missing_category_as_training_wrote_it() -> None:
    assert occupation(**{DRIVERS: 0, MANAGERS: 0, SALES: 0}) == ((0.0, ValueOrigin.MISSING),) * 3


def test_partly_given_zeros_are_completed_with_zeros_where_training_had_missing_values() -> None:
    assert occupation(**{DRIVERS: 0}) == (
        (0.0, ValueOrigin.GIVEN),
        (0.0, ValueOrigin.ASSUMED),
        (0.0, ValueOrigin.ASSUMED),
    )


def test_members_given_as_missing_count_as_not_given() -> None:
    assert contract(**{CASH: None, REVOLVING: float("nan")}) == ((1.0, ValueOrigin.ASSUMED), (0.0, ValueOrigin.ASSUMED))


def test_raw_and_encoded_that_agree_are_both_accepted() -> None:
    told = contract(NAME_CONTRACT_TYPE="Cash loans", **{CASH: 1, REVOLVING: 0})
    assert told == ((1.0, ValueOrigin.GIVEN), (0.0, ValueOrigin.GIVEN))
    assert contract(NAME_CONTRACT_TYPE="Cash loans", **{REVOLVING: 0}) == told


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"NAME_CONTRACT_TYPE": "Cash loans", REVOLVING: 1}, REVOLVING),
        ({"NAME_CONTRACT_TYPE": "Cash loans", CASH: 0}, CASH),
        ({"NAME_CONTRACT_TYPE": "Cash loans", CASH: 0, REVOLVING: 1}, CASH),
        ({"NAME_CONTRACT_TYPE": "Leasing", CASH: 1}, CASH),
    ],
)
def test_raw_and_encoded_that_disagree_are_refused_naming_both(cells: dict[str, object], column: str) -> None:
    problems = refused({**BARE, **cells})
    assert places(problems) == [("raw_and_encoded_differ", 1, column)]
    sentence = translate_problem(problems[0], "en")
    assert column in sentence
    assert "NAME_CONTRACT_TYPE;" in sentence


def test_two_members_at_one_are_refused_naming_both() -> None:
    problems = refused({**BARE, DRIVERS: 1, SALES: 1})
    assert places(problems) == [("raw_and_encoded_differ", 1, SALES)]
    assert DRIVERS in translate_problem(problems[0], "en")
    assert SALES in translate_problem(problems[0], "en")


def test_three_members_at_one_are_refused_naming_the_first_two() -> None:
    (problem,) = refused({**BARE, DRIVERS: 1, MANAGERS: 1, SALES: 1})
    assert (problem.code, problem.column, problem.facts["other"]) == ("raw_and_encoded_differ", MANAGERS, DRIVERS)


def test_each_client_s_and_each_group_s_own_disagreement_is_named_once() -> None:
    problems = refused(
        {**BARE, "SK_ID_CURR": 1, DRIVERS: 1, SALES: 1},
        {**BARE, "SK_ID_CURR": 2, DRIVERS: 1, REVOLVING: 1},
        {**BARE, "SK_ID_CURR": 3, "NAME_CONTRACT_TYPE": "Cash loans", CASH: 0, REVOLVING: 1, MANAGERS: 1, SALES: 1},
        {
            **BARE,
            "SK_ID_CURR": 4,
            "NAME_CONTRACT_TYPE": "Leasing",
            REVOLVING: 1,
            "OCCUPATION_TYPE": "Drivers",
            SALES: 1,
        },
    )
    assert sorted((problem.row, problem.column, problem.facts["other"]) for problem in problems) == [
        (1, SALES, DRIVERS),
        (3, CASH, "NAME_CONTRACT_TYPE"),
        (3, SALES, MANAGERS),
        (4, REVOLVING, "NAME_CONTRACT_TYPE"),
        (4, SALES, "OCCUPATION_TYPE"),
    ]


def test_first_category_of_a_group_is_seen_as_well_as_the_last() -> None:
    given = ValueOrigin.GIVEN
    assert contract(NAME_CONTRACT_TYPE="Cash loans") == ((1.0, given), (0.0, given))
    assert occupation(OCCUPATION_TYPE="Drivers") == ((1.0, given), (0.0, given), (0.0, given))
    assert occupation(**{DRIVERS: 1, MANAGERS: 0, SALES: 0}) == ((1.0, given), (0.0, given), (0.0, given))


def test_clients_of_one_request_are_completed_each_by_what_it_says_itself() -> None:
    rows = [
        {**BARE, "SK_ID_CURR": 1, "OCCUPATION_TYPE": "Sales staff"},
        {**BARE, "SK_ID_CURR": 2, REVOLVING: 0, DRIVERS: 0, MANAGERS: 0, SALES: 0},
        {**BARE, "SK_ID_CURR": 3, CASH: 0, SALES: 1},
        {**BARE, "SK_ID_CURR": 4, "NAME_CONTRACT_TYPE": "Leasing", CASH: 0},
        {**BARE, "SK_ID_CURR": 5, REVOLVING: 1, MANAGERS: None},
    ]
    found = align(*rows)
    slots = [NAMES.index(name) for name in (CASH, REVOLVING, DRIVERS, MANAGERS, SALES)]
    assert found.values[:, slots].tolist() == [
        [1.0, 0.0, 0.0, 0.0, 1.0],
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0],
    ]
    given, assumed, missing, unseen = (
        ValueOrigin.GIVEN,
        ValueOrigin.ASSUMED,
        ValueOrigin.MISSING,
        ValueOrigin.UNSEEN,
    )
    assert found.states[:, slots].tolist() == [
        [assumed, assumed, given, given, given],
        [assumed, given, missing, missing, missing],
        [given, assumed, assumed, assumed, given],
        [unseen, unseen, missing, missing, missing],
        [assumed, given, missing, missing, missing],
    ]


def test_model_whose_groups_stand_apart_and_last_first_completes_them_alike() -> None:
    """The place of a member in its group is not its place in the model."""
    columns = tuple(reversed(COLUMNS))
    aligner = Aligner((*columns[::2], *columns[1::2]))
    names = [column.name for column in (*columns[::2], *columns[1::2])]
    for cells in ({"OCCUPATION_TYPE": "Drivers"}, {SALES: 1, CASH: 0}, {"NAME_CONTRACT_TYPE": "Revolving loans"}):
        row = {**BARE, **cells}
        found = aligner.align([row])
        assert dict(zip(names, found.values[0].tolist(), strict=True)) == pytest.approx(aligned_one(row), nan_ok=True)
        states = {name: ValueOrigin(state) for name, state in zip(names, found.states[0].tolist(), strict=True)}
        assert states == states_of(row)


@pytest.mark.parametrize("value", [2, 0.5, "half"])
def test_member_other_than_zero_and_one_is_refused(value: object) -> None:
    assert places(refused(raw(**{DRIVERS: value})))[0][1:] == (1, DRIVERS)


def test_category_with_no_column_of_its_own_is_never_seen_even_when_sent_encoded() -> None:
    row = {**BARE, "NAME_CONTRACT_TYPE_Leasing": 1, CASH: 0, REVOLVING: 0}
    assert states_of(row)[CASH] is ValueOrigin.UNSEEN


def test_fill_of_zero_everywhere_assumes_no_category() -> None:
    converted = Aligner([msgspec.structs.replace(column, fill=0.0) for column in COLUMNS])
    found = dict(zip(NAMES, converted.align([BARE]).values[0].tolist(), strict=True))
    assert (found[CASH], found[REVOLVING]) == (0.0, 0.0)


def test_encoded_category_that_the_model_lacks_is_the_same_raw_category_never_seen() -> None:
    never_seen = contract(NAME_CONTRACT_TYPE="Leasing")
    assert contract(**{"NAME_CONTRACT_TYPE_Leasing": 1}) == never_seen
    assert contract(**{"NAME_CONTRACT_TYPE_Leasing": 1, CASH: 0}) == never_seen
    assert contract(**{"NAME_CONTRACT_TYPE_Leasing": 0}) == contract()


@pytest.mark.parametrize("first", [True, False])
def test_encoded_category_that_the_model_lacks_beside_another_raw_one_is_refused(first: bool) -> None:
    lacking, given = {"NAME_CONTRACT_TYPE_Leasing": 1}, {"NAME_CONTRACT_TYPE": "Cash loans"}
    problems = refused({**BARE, **lacking, **given} if first else {**BARE, **given, **lacking})
    assert places(problems) == [("raw_and_encoded_differ", 1, "NAME_CONTRACT_TYPE_Leasing")]
