"""Values that are missing because there is nothing to say: the years in the job of a client without one.

A person should not read of them that the file says nothing: the file says that there is no job, or no car.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from core.records import Absence, Contribution, ValueOrigin

OF_A_JOB = ("DAYS_EMPLOYED", "DAYS_EMPLOYED_PERC", "OCCUPATION_TYPE", "ORGANIZATION_TYPE")
OF_A_CAR = ("OWN_CAR_AGE",)
WITHOUT_A_JOB = ("Pensioner", "Unemployed")
NO_EMPLOYER = "XNA"
"""The category of ORGANIZATION_TYPE for clients without an employer."""
UNSEEN = "unseen"
TELLING = ("ORGANIZATION_TYPE", "NAME_INCOME_TYPE", "FLAG_OWN_CAR")
"""The columns that tell whether there is a job, and a car."""

Value = float | str | None


def absence(column: str, value_of: Callable[[str], Value]) -> Absence | None:
    """Why a column that is missing does not apply to this client; None if it may apply.

    Parameters
    ----------
    column: a source column without a value.
    value_of: gives this client's value of a source column as people know it; None where it is missing.
    """
    if column in OF_A_JOB:
        employer = value_of("ORGANIZATION_TYPE")
        retired = employer is None and value_of("NAME_INCOME_TYPE") in WITHOUT_A_JOB
        return "no_employer" if employer == NO_EMPLOYER or retired else None
    return "no_car" if column in OF_A_CAR and value_of("FLAG_OWN_CAR") == "N" else None


def told_value(value: Value, state: ValueOrigin) -> Value:
    """What the file says of a column: a value that the model has never seen is none to it, and yet it was given."""
    return UNSEEN if state is ValueOrigin.UNSEEN else value


def mark_absences(contributions: tuple[Contribution, ...]) -> tuple[Contribution, ...]:
    """All contributions of one client, those of missing values that do not apply marked with the reason."""
    told = {each.source: told_value(each.value, each.state) for each in contributions if each.source in TELLING}
    found = {
        each.source: why
        for each in contributions
        if told_value(each.value, each.state) is None and (why := absence(each.source, told.get)) is not None
    }
    if not found:
        return contributions
    return tuple(replace(each, absence=found[each.source]) if each.source in found else each for each in contributions)
