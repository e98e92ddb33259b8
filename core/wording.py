"""What the screens say about one client, in words: built from the assessment, never canned."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.bundle import Bundle
from core.decision import band
from core.dictionary import dictionary, entry_of, label, shown
from core.encoding import raw_value
from core.language import Language, adding_up, number, percent, say, signed
from core.population import Density, Standing, standing
from core.records import Contribution, Decision, Explanation, State, Why

FACTS = (
    "DAYS_BIRTH",
    "NAME_FAMILY_STATUS",
    "CNT_CHILDREN",
    "CNT_FAM_MEMBERS",
    "NAME_HOUSING_TYPE",
    "AMT_INCOME_TOTAL",
    "NAME_INCOME_TYPE",
    "OCCUPATION_TYPE",
    "ORGANIZATION_TYPE",
    "DAYS_EMPLOYED",
    "AMT_CREDIT",
    "AMT_ANNUITY",
    "AMT_GOODS_PRICE",
    "NAME_CONTRACT_TYPE",
)
"""What an officer wants to see of every client: the person, the work, the loan."""
HISTORY = ("BURO_", "ACTIVE_", "CLOSED_", "PREV_", "APPROVED_", "REFUSED_", "POS_", "INSTAL_", "CC_")
MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Feature:
    """One line of the table of every feature; below is the percentage of clients with a lower shown value.

    protected and changeable are "Yes" or "No" in words.
    """

    label: str
    value: str
    unit: str
    below: int | None
    place: str
    origin: str
    meaning: str
    column: str
    theme: str
    protected: str
    changeable: str


def facts(
    row: Mapping[str, object], columns: Sequence[str], language: Language, currency: str
) -> list[tuple[str, str]]:
    """(label, value) of some columns of a client's own row, as it was sent and in the units people use."""
    return [(label(column, language), shown(column, raw_value(row, column), language, currency)) for column in columns]


def apart(first: float, second: float, at_least: int = 1) -> int:
    """Decimals that two percentages need to look different when they are; at least this many."""
    digits = at_least
    while digits < MOST_DIGITS and first != second and round(first, digits) == round(second, digits):
        digits += 1
    return digits


def distance(decision: Decision, language: Language) -> str:
    """How far the solvency is from the line, in points, and on which side.

    It is the difference of the two numbers as they are shown, so that whoever subtracts them gets it too.
    """
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = apart(solvency, line)
    shown_points = abs(round(solvency, digits) - round(line, digits))
    if decision.probability == decision.threshold:
        return say("distance.on", language)
    key = f"distance.{'below' if decision.refused else 'above'}"
    return say(key, language, n=round(shown_points, digits), points=number(shown_points, language, digits))


def of_hundred(decision: Decision, language: Language) -> str:
    """What the two numbers mean: of 100 such clients so many have payment difficulties, so many are accepted.

    Of 1,000 where 100 do not tell the two apart; where those do not either, in words. People are never cut in pieces.
    """
    for of in (100, 1000):
        risk, most = round(of * decision.probability), round(of * decision.threshold)
        if risk != most:
            return say("of_hundred", language, of=of, risk=risk, most=most)
    key = "of_hundred_over" if decision.refused else "of_hundred_under"
    return say(key, language, of=of, risk=risk)


def why_review(decision: Decision, information: float, review_band: float, language: Language) -> list[str]:
    """One sentence for each reason why this client is to review."""
    low, high = band(threshold=decision.threshold, review_band=review_band)
    said = {
        Why.IN_BAND: say(
            "review.in_band",
            language,
            low=percent(1.0 - high, language, 1),
            high=percent(1.0 - low, language, 1),
        ),
        Why.TOO_LITTLE_KNOWN: say("review.too_little_known", language, share=percent(information, language)),
    }
    return [said[why] for why in decision.why_review]


def value_of(contribution: Contribution, language: Language, currency: str) -> str:
    """A contribution's value in words; a category that the model has never seen is not "not given"."""
    if contribution.state is State.UNSEEN:
        return say("value.unseen", language)
    return shown(contribution.source, contribution.value, language, currency)


def shown_standing(column: str, place: Standing) -> Standing:
    """The same place on the scale that is shown, where a longer time ago is more."""
    if entry_of(column).unit in ("age", "days_ago", "months_ago"):
        return Standing(below=place.above, above=place.below, same=place.same)
    return place


def feature_rows(explanation: Explanation, bundle: Bundle, language: Language, currency: str) -> list[Feature]:
    """Every feature of one client, in the model's order: value, place among all clients, where it came from."""
    by_source = {each.source: each for each in explanation.contributions}
    return [_feature(by_source[source], bundle, language, currency) for source in bundle.sources]


def matching(rows: Sequence[Feature], typed: str) -> list[Feature]:
    """The features whose label, meaning, value or column name holds every word that was typed; accents do not count."""
    words = _bare(typed).split()
    return [
        row
        for row in rows
        if all(word in _bare(f"{row.label} {row.meaning} {row.value} {row.column}") for word in words)
    ]


def contribution_rows(explanation: Explanation, language: Language, currency: str) -> list[dict[str, str]]:
    """Every contribution as a line of a table, largest first, with the average client and the sum at its ends."""
    feature, value, in_points, in_log_odds = (
        say(f"why.{name}", language) for name in ("feature", "value", "points", "in_log_odds")
    )
    ends = (
        (say("waterfall.average", language), 100.0 * explanation.base_solvency, explanation.base_log_odds),
        (say("waterfall.client", language), 100.0 * explanation.solvency, explanation.log_odds),
    )
    first, last = (
        {
            feature: name,
            value: "",
            in_points: number(solvency, language, 2),
            in_log_odds: number(odds, language, 4),
        }
        for name, solvency, odds in ends
    )
    shown_points = adding_up(
        [each.points for each in explanation.contributions],
        100.0 * explanation.base_solvency,
        100.0 * explanation.solvency,
        2,
    )
    shown_odds = adding_up(
        [each.log_odds for each in explanation.contributions], explanation.base_log_odds, explanation.log_odds, 4
    )
    between = [
        {
            feature: label(each.source, language),
            value: value_of(each, language, currency),
            in_points: signed(size, language, 2),
            in_log_odds: signed(odds, language, 4),
        }
        for each, size, odds in zip(explanation.contributions, shown_points, shown_odds, strict=True)
    ]
    return [first, *between, last]


def density_rows(density: Density, language: Language) -> list[dict[str, str]]:
    """The population along the solvency as a table: from, to, share of clients."""
    step = 100.0 * (density.edges[1] - density.edges[0])
    return [
        {
            say("strip.from", language): percent(low, language, 1),
            say("strip.to", language): percent(high, language, 1),
            say("strip.share", language): percent(height * step, language, 1),
        }
        for (low, high), height in zip(pairwise(density.edges), density.heights, strict=True)
    ]


def left_out(unknown: Sequence[str], bundle: Bundle, language: Language) -> list[str]:
    """Labels of the columns that were sent, raw or encoded, and that the model leaves out on purpose."""
    return [
        label(column, language)
        for column in bundle.card.left_out
        if any(name == column or name.startswith(f"{column}_") for name in unknown)
    ]


def history_ignored(unknown: Sequence[str]) -> int:
    """How many columns of credit-bureau or payment history were sent that this model does not use."""
    return sum(name.startswith(HISTORY) for name in unknown)


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _feature(contribution: Contribution, bundle: Bundle, language: Language, currency: str) -> Feature:
    column = contribution.source
    assumed = contribution.state in (State.ASSUMED, State.MISSING, State.UNSEEN)
    found = Standing() if assumed else standing(bundle.population, column, contribution.value)
    place, entry = shown_standing(column, found), entry_of(column)
    unit = entry.unit
    below = None if unit == "flag" else place.below
    return Feature(
        label=label(column, language),
        value=value_of(contribution, language, currency),
        unit=say(f"unit.{unit}", language, currency=currency).strip(),
        below=None if below is None else round(100.0 * below),
        place=_place(below, place.same, language),
        origin=say(f"state.{contribution.state.name.lower()}", language),
        meaning=entry.meaning[language],
        column=column,
        theme=dictionary().themes[entry.theme][language],
        protected=_yes_or_no(entry.protected, language),
        changeable=_yes_or_no(entry.changeable, language),
    )


def _yes_or_no(so: bool, language: Language) -> str:
    return say("value.yes" if so else "value.no", language)


def _place(below: float | None, same: float | None, language: Language) -> str:
    if same is not None:
        return say("place.shared_by", language, share=percent(same, language, 1))
    return say("place.higher_than", language, share=percent(below, language)) if below is not None else ""
