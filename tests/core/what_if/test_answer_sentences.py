"""What a simulation changes of the answer, in the very words of the screen."""

from __future__ import annotations

import pytest

from core.i18n.translations import Language
from core.records import Decision
from core.scoring.decision import decide
from core.what_if.answer_sentences import difference, what_changes

ROW = {"AMT_CREDIT": 450_000.0, "AMT_ANNUITY": 22_500.0, "CNT_CHILDREN": 1.0}
LESS = {"AMT_CREDIT": 400_000.0}
CHANGES_NOTHING = "This does not change the answer."


def at(probability: float) -> Decision:
    return decide(probability=probability, threshold=0.15, review_band=0.02, information=1.0)


@pytest.mark.parametrize(
    ("before", "after", "language", "sentence"),
    [
        (0.2281, 0.1489, "en", "Difference: +7.9 points of solvency."),
        (0.1489, 0.2281, "en", "Difference: −7.9 points of solvency."),
        (0.2281, 0.1489, "fr", "Écart\N{NARROW NO-BREAK SPACE}: +7,9 points de solvabilité."),
        (0.2, 0.19, "en", "Difference: +1.0 point of solvency."),
        (0.2, 0.2, "en", "Difference: 0.0 points of solvency."),
        (0.2, 0.2001, "en", "Difference: −0.01 points of solvency."),
    ],
)
def test_the_difference_is_that_of_the_two_printed_numbers(
    before: float, after: float, language: Language, sentence: str
) -> None:
    assert difference(at(before), at(after), language) == sentence


@pytest.mark.parametrize(
    ("changed", "after", "sentence"),
    [
        ({}, 0.3, "Nothing has been changed yet, so both answers are the same."),
        ({"CNT_CHILDREN": 2.0}, 0.3, CHANGES_NOTHING),
        (LESS, 0.3004, "Borrowing less does not change the answer."),
        (LESS, 0.2994, "The opinion stays the same: Unfavourable opinion."),
        (LESS, 0.1, "The opinion changes: Unfavourable opinion → Favourable opinion."),
        ({"AMT_CREDIT": 500_000.0}, 0.3, CHANGES_NOTHING),
        ({"AMT_CREDIT": 450_000.0}, 0.3, CHANGES_NOTHING),
        (LESS | {"CNT_CHILDREN": 2.0}, 0.3, CHANGES_NOTHING),
    ],
)
def test_what_a_simulation_changes_is_said(changed: dict[str, float], after: float, sentence: str) -> None:
    assert what_changes(ROW, changed, at(0.3), at(after), "en") == sentence
