"""Values of JSON on their way from the process that reads: what cannot be sent as it is, and what comes instead."""

from __future__ import annotations

import json

import pytest

from tests.core import client_files as files


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775808", 2**63),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", 2.0**64),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", -(2.0**63)),
        ("1" + "0" * 350, float("inf")),
        ("-1" + "0" * 350, float("-inf")),
        ('"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        ('"a\\ud800b"', "a?b"),
        ('"\\ude00\\ud83d"', "??"),
        ('{"\\ud800": ["\\udfff", -1, true, null]}', {"?": ["?", -1, True, None]}),
        ("[[18446744073709551616], {}]", [[2.0**64], {}]),
    ],
)
def test_half_a_character_is_replaced_and_a_number_too_long_keeps_its_sign(text: str, value: object) -> None:
    (row,) = files.read_here(f'[{{"SK_ID_CURR": 1, "A": {text}, "B": "\\ud800"}}]').as_sent()
    assert row == {"SK_ID_CURR": 1, "A": value, "B": "?"}
    assert isinstance(row, dict)
    assert type(row["A"]) is type(value)


@pytest.mark.parametrize("text", ["1.5", "-0.0", "true", "null", '"\\u0000"', '"é"', '[1, "x"]', "-5"])
def test_other_values_stay_beside_them_as_they_are(text: str) -> None:
    (row,) = files.read_here(f'[{{"SK_ID_CURR": 1, "A": {text}, "B": "\\ud800"}}]').as_sent()
    assert isinstance(row, dict)
    assert repr(row["A"]) == repr(json.loads(text))
