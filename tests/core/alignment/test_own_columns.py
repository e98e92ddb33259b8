"""What of a file's columns the model leaves out on purpose, and what it does not know."""

from __future__ import annotations

from core.alignment.own_columns import split_left_out


def test_a_column_left_out_on_purpose_is_told_by_its_name_and_by_its_encoded_ones() -> None:
    sent = ("CODE_GENDER", "NAME_FAMILY_STATUS_Married", "CODE_GENDERS", "NOTE")
    left_out = ("CODE_GENDER", "NAME_FAMILY_STATUS", "OWN_CAR_AGE")
    assert split_left_out(sent, left_out) == (("CODE_GENDER", "NAME_FAMILY_STATUS"), ("CODE_GENDERS", "NOTE"))
