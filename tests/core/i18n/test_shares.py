"""Shares as people say them: true to the share, and never smaller for a larger one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n.shares import ALL_CLIENTS, FRACTIONS, case_in_words, fraction, share_in_words

SAID = {
    "hardly_any": 0.0,
    "very_few": 0.02,
    "one_in_twenty": 1 / 20,
    "one_in_ten": 1 / 10,
    "one_in_five": 1 / 5,
    "one_in_four": 1 / 4,
    "one_in_three": 1 / 3,
    "two_in_five": 2 / 5,
    "half": 1 / 2,
    "three_in_five": 3 / 5,
    "two_in_three": 2 / 3,
    "three_in_four": 3 / 4,
    "four_in_five": 4 / 5,
    "nine_in_ten": 9 / 10,
    "nineteen_in_twenty": 19 / 20,
    "nearly_all": 0.98,
    "practically_all": 1.0,
}
"""What each fraction stands for."""


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0.0, "fewer than one client in a hundred", "moins d’un client sur cent"),
        (0.06, "one client in twenty", "un client sur vingt"),
        (0.25, "one client in four", "un client sur quatre"),
        (0.5, "about half of the clients", "environ la moitié des clients"),
        (0.81, "4 clients in 5", "4 clients sur 5"),
        (0.98, "nearly all clients", "presque tous les clients"),
        (1.0, "practically all clients", "pratiquement tous les clients"),
    ],
)
def test_share_is_said_as_people_say_it(share: float, english: str, french: str) -> None:
    assert share_in_words(share, "en") == english
    assert share_in_words(share, "fr") == french


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0.05, "as for one client in twenty", "un client sur vingt est dans ce cas"),
        (0.95, "as for 19 clients in 20", "19 clients sur 20 sont dans ce cas"),
    ],
)
def test_clients_in_the_same_case_are_counted_in_a_clause(share: float, english: str, french: str) -> None:
    assert case_in_words(share, "en") == english
    assert case_in_words(share, "fr") == french


@given(st.floats(0, 1))
def test_fraction_is_true_to_the_share(share: float) -> None:
    said = SAID[fraction(share)]
    assert abs(said - share) <= 0.055
    nearer = [each for each in SAID.values() if abs(each - share) < abs(said - share) - 0.015]
    assert nearer == []


@given(st.floats(0, 1), st.floats(0, 1))
def test_larger_share_never_says_a_smaller_fraction(one: float, other: float) -> None:
    order = [key for _, key in FRACTIONS] + [ALL_CLIENTS]
    low, high = sorted((one, other))
    assert order.index(fraction(low)) <= order.index(fraction(high))


@given(st.floats(0.001, 0.999))
def test_the_others_are_the_other_fraction(share: float) -> None:
    assert SAID[fraction(share)] + SAID[fraction(1 - share)] == pytest.approx(1.0, abs=0.101)
