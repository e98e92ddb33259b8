"""Contributions folded into the themes that a client understands: income and loan, external scores, employment…"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dictionary.lookup import dictionary, entry_of
from core.i18n.translations import Language, round_to_sum
from core.records import Contribution, Explanation


@dataclass(frozen=True, slots=True)
class Theme:
    """Contributions of related columns together, and one by one, largest first.

    log_odds: in log-odds of default, positive raises the risk; points: of solvency, positive raises the solvency.
    """

    key: str
    log_odds: float
    points: float
    contributions: tuple[Contribution, ...]

    def name(self, language: Language) -> str:
        """What people call the theme."""
        return dictionary().themes[self.key][language]


def fold(explanation: Explanation) -> tuple[Theme, ...]:
    """The themes of one client's answer, largest first; every contribution is in one of them."""
    found: dict[str, list[Contribution]] = {}
    for each in explanation.contributions:
        found.setdefault(entry_of(each.source).theme, []).append(each)
    themes = [
        Theme(
            key=key,
            log_odds=sum(each.log_odds for each in members),
            points=sum(each.points for each in members),
            contributions=tuple(members),
        )
        for key, members in found.items()
    ]
    return tuple(sorted(themes, key=lambda theme: (-abs(theme.log_odds), theme.key)))


def shown_points(themes: Sequence[Theme], explanation: Explanation, digits: int = 1) -> list[float]:
    """Each theme's points as they are printed: the average client's printed solvency plus all is this client's."""
    start, end = 100.0 * explanation.base_solvency, 100.0 * explanation.solvency
    return round_to_sum([theme.points for theme in themes], start, end, digits)


def shown_within(theme: Theme, printed: float, digits: int = 1) -> list[float]:
    """The points of a theme's columns as they are printed, which add up to the theme's own printed points."""
    return round_to_sum([each.points for each in theme.contributions], 0.0, printed, digits)
