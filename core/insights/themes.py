"""Contributions summed by theme: income and loan, external scores, employment…"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dictionary.lookup import dictionary, entry_of
from core.i18n.translations import Language, round_to_sum
from core.records import Contribution, Explanation


@dataclass(frozen=True, slots=True)
class Theme:
    """The contributions of related columns and their sum.

    log_odds: sum in log-odds of default, positive raises the risk. points: sum in points of solvency, positive raises
    the solvency. contributions: largest first.
    """

    key: str
    log_odds: float
    points: float
    contributions: tuple[Contribution, ...]

    def name(self, language: Language) -> str:
        """The name of the theme."""
        return dictionary().themes[self.key][language]


def group_by_theme(explanation: Explanation) -> tuple[Theme, ...]:
    """The themes of one client's answer, largest first; every contribution belongs to one."""
    members_of: dict[str, list[Contribution]] = {}
    for each in explanation.contributions:
        members_of.setdefault(entry_of(each.source).theme, []).append(each)
    themes = [
        Theme(
            key=key,
            log_odds=sum(each.log_odds for each in members),
            points=sum(each.points for each in members),
            contributions=tuple(members),
        )
        for key, members in members_of.items()
    ]
    return tuple(sorted(themes, key=lambda theme: (-abs(theme.log_odds), theme.key)))


def shown_points(themes: Sequence[Theme], explanation: Explanation, digits: int = 1) -> list[float]:
    """Each theme's printed points; added to the average client's printed solvency, they give this client's."""
    start, end = 100.0 * explanation.base_solvency, 100.0 * explanation.solvency
    return round_to_sum([theme.points for theme in themes], start, end, digits)


def shown_within(theme: Theme, printed: float, digits: int = 1) -> list[float]:
    """The printed points of a theme's columns; they add up to the theme's printed points."""
    return round_to_sum([each.points for each in theme.contributions], 0.0, printed, digits)
