"""Values that are missing because there is nothing to say, and those of which the file says nothing."""

from __future__ import annotations

import pytest

from core.records import Absence, Contribution, ValueOrigin
from core.scoring.applicability import absence, mark_absences


@pytest.mark.parametrize(
    ("column", "told", "expected"),
    [
        ("DAYS_EMPLOYED", {"ORGANIZATION_TYPE": "XNA"}, "no_employer"),
        ("DAYS_EMPLOYED", {"NAME_INCOME_TYPE": "Pensioner"}, "no_employer"),
        ("OCCUPATION_TYPE", {"NAME_INCOME_TYPE": "Unemployed"}, "no_employer"),
        # A retired client who works: how long is not said.
        ("DAYS_EMPLOYED", {"NAME_INCOME_TYPE": "Pensioner", "ORGANIZATION_TYPE": "School"}, None),
        ("DAYS_EMPLOYED", {"NAME_INCOME_TYPE": "Working"}, None),
        ("DAYS_EMPLOYED", {}, None),
        ("OWN_CAR_AGE", {"FLAG_OWN_CAR": "N"}, "no_car"),
        ("OWN_CAR_AGE", {"FLAG_OWN_CAR": "Y"}, None),
        ("EXT_SOURCE_1", {"ORGANIZATION_TYPE": "XNA", "FLAG_OWN_CAR": "N"}, None),
    ],
)
def test_what_does_not_apply_follows_from_the_rest_of_the_file(
    column: str, told: dict[str, str], expected: Absence | None
) -> None:
    assert absence(column, told.get) == expected


def test_only_missing_values_are_marked() -> None:
    def contribution(source: str, value: float | str | None) -> Contribution:
        return Contribution(source, 0.1, -1.0, value, ValueOrigin.GIVEN if value else ValueOrigin.MISSING)

    car = (contribution("OWN_CAR_AGE", 3.0), contribution("FLAG_OWN_CAR", "N"))
    assert mark_absences(car) == car
    none = (contribution("OWN_CAR_AGE", None), contribution("FLAG_OWN_CAR", "N"))
    assert [each.absence for each in mark_absences(none)] == ["no_car", None]


def test_employer_that_the_model_has_never_seen_is_an_employer() -> None:
    told = (
        Contribution("DAYS_EMPLOYED", 0.1, -1.0, None, ValueOrigin.MISSING),
        Contribution("ORGANIZATION_TYPE", 0.1, -1.0, None, ValueOrigin.UNSEEN),
        Contribution("NAME_INCOME_TYPE", 0.1, -1.0, "Pensioner", ValueOrigin.GIVEN),
    )
    assert [each.absence for each in mark_absences(told)] == [None, None, None]
