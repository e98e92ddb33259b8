"""Sentences and tables about one client, composed from the assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from core.alignment.own_columns import split_left_out
from core.alignment.parsers import raw_value
from core.dictionary.lookup import entry_of, format_value, label, shown_unit, to_shown_scale
from core.i18n.translations import Language, number, percent, round_to_sum, signed, translate
from core.insights.population import Density, Standing
from core.model.bundle import Bundle
from core.records import Contribution, Decision, Explanation, ReviewReason, ValueOrigin
from core.scoring.applicability import absence
from core.scoring.decision import band

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
"""Columns shown for every client: the person, the work, the loan."""
HISTORY = ("BURO_", "ACTIVE_", "CLOSED_", "PREV_", "APPROVED_", "REFUSED_", "POS_", "INSTAL_", "CC_")


def facts(
    row: Mapping[str, object], columns: Sequence[str], language: Language, currency: str
) -> list[tuple[str, str]]:
    """Some columns of a client's row in words.

    Parameters
    ----------
    row: the client as it was sent.
    columns: source columns.
    language, currency: for words and amounts.

    Returns
    -------
    (label, value) of each column, in everyday units.
    """
    return [(label(column, language), _fact(row, column, language, currency)) for column in columns]


def _fact(row: Mapping[str, object], column: str, language: Language, currency: str) -> str:
    """A column's value in words; where it does not apply to this client, that it does not."""
    value = raw_value(row, column)
    why = None if value is not None else absence(column, lambda other: raw_value(row, other))
    return format_value(column, value, language, currency) if why is None else translate(f"value.{why}", language)


def distance(decision: Decision, language: Language) -> str:
    """The distance of the solvency from the line in points, and the side.

    It is the difference of the two printed (rounded) numbers.
    """
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = decision.digits
    shown_points = abs(round(solvency, digits) - round(line, digits))
    if decision.probability == decision.threshold:
        return translate("distance.on", language)
    key = f"distance.{'below' if decision.refused else 'above'}"
    return translate(key, language, n=round(shown_points, digits), points=number(shown_points, language, digits))


def distance_between(one: float, other: float, digits: int) -> float:
    """The difference in points of two solvencies (0 to 1) as they are printed with this many decimals."""
    return round(abs(round(100.0 * one, digits) - round(100.0 * other, digits)), digits)


def with_unit(column: str, language: Language, currency: str) -> str:
    """A column's label with the unit of its shown scale, for an axis; categories have no unit."""
    unit = entry_of(column).unit
    if unit in ("category", "flag"):
        return label(column, language)
    unit_name = translate(f"unit.{shown_unit(column)}", language, currency=currency).strip()
    return translate("features.with_unit", language, label=label(column, language), unit=unit_name)


def shown_on_scale(column: str, place: float, language: Language) -> str:
    """A number of the shown scale (years, not days) in words; amounts without currency."""
    value = place / to_shown_scale(column, 1.0)
    return format_value(column, value * value if entry_of(column).unit == "variance" else value, language)


def of_hundred(decision: Decision, language: Language) -> str:
    """The meaning of P(default) and of the threshold, as numbers of clients out of 100.

    The numbers are whole: out of 1,000 if they are equal or 0 out of 100, and words if they still are.
    """
    for of in (100, 1000):
        risk, most = round(of * decision.probability), round(of * decision.threshold)
        if risk and risk != most:
            return translate("of_hundred", language, n=risk, of=of, risk=risk, most=most)
    if not risk and most:
        return translate("of_hundred_hardly", language, of=of, most=most)
    key = "of_hundred_over" if decision.refused else "of_hundred_under"
    return translate(key, language, n=risk, of=of, risk=risk)


def why_review(decision: Decision, information: float, review_band: float, language: Language) -> list[str]:
    """One sentence for each reason why this client is to review."""
    low, high = band(threshold=decision.threshold, review_band=review_band)
    sentence_of = {
        ReviewReason.IN_BAND: translate(
            "review.in_band",
            language,
            low=percent(1.0 - high, language, 1),
            high=percent(1.0 - low, language, 1),
        ),
        ReviewReason.TOO_LITTLE_KNOWN: translate(
            "review.too_little_known", language, share=percent(information, language)
        ),
        ReviewReason.IMPOSSIBLE_VALUE: translate("review.impossible_value", language),
    }
    return [sentence_of[why] for why in decision.why_review]


def value_of(contribution: Contribution, language: Language, currency: str) -> str:
    """A contribution's value in words; a value unseen in training, impossible, or not applicable is marked as such."""
    if contribution.state is ValueOrigin.UNSEEN:
        return translate("value.unseen", language)
    if contribution.absence is not None:
        return translate(f"value.{contribution.absence}", language)
    value = format_value(contribution.source, contribution.value, language, currency)
    return translate("value.impossible", language, value=value) if contribution.impossible else value


def shown_standing(column: str, place: Standing) -> Standing:
    """The same position on the shown scale, where a longer time ago is more."""
    if entry_of(column).unit in ("age", "days_ago", "date_ago", "months_ago"):
        return Standing(below=place.above, above=place.below, same=place.same)
    return place


def contribution_rows(explanation: Explanation, language: Language, currency: str) -> list[dict[str, str]]:
    """A table of all contributions, largest first, between a row of the average client and a row of this client."""
    feature, value, in_points, in_log_odds = (
        translate(f"why.{name}", language) for name in ("feature", "value", "points", "in_log_odds")
    )
    ends = (
        (translate("waterfall.average", language), 100.0 * explanation.base_solvency, explanation.base_log_odds),
        (translate("waterfall.client", language), 100.0 * explanation.solvency, explanation.log_odds),
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
    shown_points = round_to_sum(
        [each.points for each in explanation.contributions],
        100.0 * explanation.base_solvency,
        100.0 * explanation.solvency,
        2,
    )
    shown_odds = round_to_sum(
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
    """The density over solvency as a table: from, to, share of clients."""
    step = 100.0 * (density.edges[1] - density.edges[0])
    return [
        {
            translate("strip.from", language): percent(low, language, 1),
            translate("strip.to", language): percent(high, language, 1),
            translate("strip.share", language): percent(height * step, language, 1),
        }
        for (low, high), height in zip(pairwise(density.edges), density.heights, strict=True)
    ]


def left_out(unknown: Sequence[str], bundle: Bundle, language: Language) -> list[str]:
    """Labels of the columns that were sent, raw or encoded, and that the model excludes on purpose."""
    return [label(column, language) for column in split_left_out(unknown, bundle.card.left_out)[0]]


def not_left_out(unknown: Sequence[str], bundle: Bundle) -> list[str]:
    """The columns that were sent and that the model does not know, without those that it excludes on purpose."""
    return list(split_left_out(unknown, bundle.card.left_out)[1])


def history_ignored(unknown: Sequence[str]) -> int:
    """Number of columns of credit-bureau or payment history that were sent and that this model does not use."""
    return sum(name.startswith(HISTORY) for name in unknown)
