"""Shares of clients in words: "4 clients in 5", "nearly all clients"."""

from __future__ import annotations

from core.i18n.translations import Language, translate

FRACTIONS = (
    (0.005, "hardly_any"),
    (0.03, "very_few"),
    (0.075, "one_in_twenty"),
    (0.15, "one_in_ten"),
    (0.225, "one_in_five"),
    (0.29, "one_in_four"),
    (0.365, "one_in_three"),
    (0.45, "two_in_five"),
    (0.55, "half"),
    (0.635, "three_in_five"),
    (0.71, "two_in_three"),
    (0.775, "three_in_four"),
    (0.85, "four_in_five"),
    (0.925, "nine_in_ten"),
    (0.97, "nineteen_in_twenty"),
    (0.995, "nearly_all"),
)
"""(upper limit of the share, key of the fraction); the limits lie about half way between neighbouring fractions."""
ALL_CLIENTS = "practically_all"


def fraction(share: float) -> str:
    """The key of the fraction for a share between 0 and 1; a larger share never gives a smaller fraction."""
    return next((key for below, key in FRACTIONS if share < below), ALL_CLIENTS)


def share_in_words(share: float, language: Language) -> str:
    """A share of clients (0 to 1) in words, for use inside a sentence: 0.81 is "4 clients in 5"."""
    return translate(f"fraction.{fraction(share)}", language)


def case_in_words(share: float, language: Language) -> str:
    """A clause that says which share of clients (0 to 1) is in the same case: "as for one client in twenty"."""
    return translate(f"case.{fraction(share)}", language)
