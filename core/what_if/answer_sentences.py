"""The sentences on what a simulation changes of the answer."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n.translations import Language, signed, translate
from core.records import Decision, Row, digits_to_distinguish
from core.what_if.simulation import LOAN, Value, file_value

HARDLY = 0.0005
"""A difference of solvency that the screen, with one decimal of a percent, hardly shows."""


def difference(before: Decision, after: Decision, language: Language) -> str:
    """The difference of two answers in points of solvency, as their printed numbers have it."""
    first, second = 100.0 * before.solvency, 100.0 * after.solvency
    digits = digits_to_distinguish(first, second)
    points = round(second, digits) - round(first, digits)
    return translate(
        "simulation.difference", language, n=round(abs(points), digits), points=signed(points, language, digits)
    )


def what_changes(row: Row, changed: Mapping[str, Value], before: Decision, after: Decision, language: Language) -> str:
    """What a simulation changes of the answer: nothing yet, nothing at all, the solvency alone, or the opinion.

    changed: the edits that differ from the file. A difference under a twentieth of a point is none.
    """
    if not changed:
        return translate("simulation.unchanged", language)
    first, second = (translate(f"verdict.{each.verdict}", language) for each in (before, after))
    if before.verdict is not after.verdict:
        return translate("simulation.other_opinion", language, before=first, after=second)
    if abs(before.solvency - after.solvency) >= HARDLY:
        return translate("simulation.same_opinion", language, opinion=first)
    amount, asked = changed.get("AMT_CREDIT"), file_value(row, "AMT_CREDIT")
    if set(changed) <= set(LOAN) and isinstance(amount, float) and isinstance(asked, float) and amount < asked:
        return translate("simulation.less_changes_nothing", language)
    return translate("simulation.changes_nothing", language)
