"""The completeness of a client's file: missing values, values outside the training range, impossible values.

Completeness is not certainty: a complete file can be wrong, and a typical client can still default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.dictionary.lookup import entry_of, format_value, label, to_shown_scale
from core.i18n.translations import Language, number, percent, translate
from core.insights.same_measure import measured_by
from core.model.bundle import Bundle
from core.model.schema import ALL, Population
from core.records import (
    Absence,
    Aligned,
    Assessments,
    Decision,
    Impossible,
    ReviewReason,
    ValueOrigin,
    digits_to_distinguish,
)
from core.scoring.applicability import absence, told_value
from core.scoring.decision import LEAST_INFORMATION, band
from core.scoring.explanation import shown_value

Value = float | str | None


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A source column of one client: its value, the value's origin, and the column's share of the information.

    absence: why a missing value does not apply to this client; None if it may.
    """

    source: str
    value: Value
    state: ValueOrigin
    weight: float
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """A number outside the range of 99.8 % of the training clients.

    value, edge: the number and the end of the range that it passes, in the data set's unit.
    above: it is above that end on the shown scale.
    """

    source: str
    value: float
    above: bool
    edge: float


def column_values(aligned: Aligned, bundle: Bundle) -> tuple[ColumnValue, ...]:
    """Every source column of the first client, largest weight first.

    A one-hot group is one source column; its state is GIVEN if any column of the group was given.
    """
    result = [_column_value(source, aligned, bundle) for source in bundle.slots]
    told = {each.source: told_value(each.value, each.state) for each in result}
    result = [
        replace(each, absence=absence(each.source, told.get)) if told[each.source] is None else each for each in result
    ]
    return tuple(sorted(result, key=_weightiest_first))


def _column_value(source: str, aligned: Aligned, bundle: Bundle) -> ColumnValue:
    values, states, members = aligned.values[0], aligned.states[0], list(bundle.slots[source])
    origins = {ValueOrigin(int(states[slot])) for slot in members}
    return ColumnValue(
        source=source,
        value=shown_value([(bundle.columns[slot], float(values[slot])) for slot in members]),
        state=ValueOrigin.GIVEN if ValueOrigin.GIVEN in origins else ValueOrigin(int(states[members[0]])),
        weight=float(bundle.weights[members].sum()),
    )


def _weightiest_first(column: ColumnValue) -> tuple[float, str]:
    return -column.weight, column.source


def column_name(column: ColumnValue, language: Language) -> str:
    """A column's label, with the reason if it does not apply to the client."""
    name = label(column.source, language)
    if column.absence is None:
        return name
    return translate("reason.with_value", language, label=name, value=translate(f"value.{column.absence}", language))


def share_by_state(assessments: Assessments, bundle: Bundle) -> dict[ValueOrigin, float]:
    """Shares of the model's total importance by origin of the first client's values; they sum to 1."""
    states = assessments.aligned.states[0]
    return {state: float(bundle.weights[states == state].sum()) for state in ValueOrigin}


def outside(values: tuple[ColumnValue, ...], population: Population) -> tuple[Outside, ...]:
    """The numbers outside the training range: fewer than about one client in a thousand is beyond either end."""
    result = []
    for each in values:
        shares = population.numbers.get(each.source)
        if (
            shares is None
            or not isinstance(each.value, float)
            or each.state not in (ValueOrigin.GIVEN, ValueOrigin.DERIVED)
        ):
            continue
        low, high = shares[ALL].quantiles[0], shares[ALL].quantiles[-1]
        if not low <= each.value <= high:
            above = each.value > high
            reversed_scale = to_shown_scale(each.source, 1.0) < 0
            result.append(Outside(each.source, each.value, above != reversed_scale, high if above else low))
    return tuple(result)


def outside_of(aligned: Aligned, bundle: Bundle) -> tuple[Outside, ...]:
    """`outside` of all source columns of the first client, without the columns whose numbers lie within the range."""
    values, numbers = aligned.values[0].tolist(), bundle.population.numbers
    beyond = []
    for source in numbers.keys() & bundle.slots.keys():
        quantiles = numbers[source][ALL].quantiles
        low, high = quantiles[0], quantiles[-1]
        if any(values[slot] < low or values[slot] > high for slot in bundle.slots[source]):
            beyond.append(_column_value(source, aligned, bundle))
    return outside(tuple(sorted(beyond, key=_weightiest_first)), bundle.population)


def impossible_in_words(aligned: Aligned, bundle: Bundle, language: Language, currency: str) -> list[str]:
    """One sentence for each impossible value of the first client: the value, and why it is impossible."""
    values = {each.source: each.value for each in column_values(aligned, bundle)}
    return [_impossible_sentence(each, values, language, currency) for each in aligned.impossible.get(0, ())]


def impossible_columns(aligned: Aligned) -> set[str]:
    """The columns of the first client that hold an impossible value or contradict another column."""
    return {column for each in aligned.impossible.get(0, ()) for column in each.columns}


def outside_in_words(values: tuple[Outside, ...], language: Language, currency: str) -> list[str]:
    """One sentence for each thing that lies outside the training range: the number, and the end of the range.

    Numbers that measure the same thing and lie beyond the same end are one sentence, on the first of them.
    """
    same_thing: dict[tuple[str, bool], list[Outside]] = {}
    for each in values:
        same_thing.setdefault((measured_by(each.source), each.above), []).append(each)
    return [_outside_sentence(first, len(others), language, currency) for first, *others in same_thing.values()]


def review_sentences(decision: Decision, information: float, review_band: float, language: Language) -> list[str]:
    """Why a client is, or is not, to review: a sentence on the review band, one on the information, and one on
    impossible values if there are any.

    information: the file's share of the model's total importance, 0 to 1. review_band: in P(default).
    """
    low, high = (1.0 - end for end in reversed(band(threshold=decision.threshold, review_band=review_band)))
    inside = ReviewReason.IN_BAND in decision.why_review
    digits = max(digits_to_distinguish(100.0 * decision.solvency, 100.0 * end) for end in (low, high))
    band_sentence = translate(
        "known.in_band" if inside else "known.out_of_band",
        language,
        solvency=percent(decision.solvency, language, digits),
        low=percent(low, language, digits),
        high=percent(high, language, digits),
    )
    enough = ReviewReason.TOO_LITTLE_KNOWN not in decision.why_review
    information_sentence = translate(
        "known.enough" if enough else "known.too_little",
        language,
        share=percent(information, language),
        least=percent(LEAST_INFORMATION, language),
    )
    impossible = ReviewReason.IMPOSSIBLE_VALUE in decision.why_review
    return [band_sentence, information_sentence, *([translate("known.impossible", language)] if impossible else [])]


def _outside_sentence(each: Outside, others: int, language: Language, currency: str) -> str:
    """The sentence of a number, and how many other numbers measure the same thing."""
    facts = {
        "label": label(each.source, language),
        "value": format_value(each.source, each.value, language, currency),
    }
    edge = format_value(each.source, each.edge, language, currency)
    if each.above and edge == format_value(each.source, 0.0, language, currency) and not _is_date(each.source):
        sentence = translate("known.above_none", language, **facts)
    else:
        sentence = translate("known.above" if each.above else "known.below", language, **facts, edge=edge)
    return f"{sentence} {translate('known.outside_too', language, n=others)}" if others else sentence


def _is_date(column: str) -> bool:
    return entry_of(column).unit in ("date_ago", "date_ahead", "months_ago", "hour")


def _impossible_sentence(each: Impossible, values: Mapping[str, Value], language: Language, currency: str) -> str:
    names = [_with_value(column, values.get(column), language, currency) for column in each.columns]
    if len(each.columns) > 1:
        return translate(f"impossible.{each.code}", language, one=names[0], other=names[1])
    column = each.columns[0]
    facts = {
        "label": label(column, language),
        "value": format_value(column, values.get(column), language, currency),
    }
    if each.code == "whole":
        return translate("known.not_whole", language, **facts)
    low, high = sorted(to_shown_scale(column, end) for end in (each.low, each.high))
    if math.isinf(high):
        return translate("known.at_least", language, **facts, low=number(low, language))
    if math.isinf(low):
        return translate("known.at_most", language, **facts, high=number(high, language))
    return translate("known.not_between", language, **facts, low=number(low, language), high=number(high, language))


def _with_value(column: str, value: Value, language: Language, currency: str) -> str:
    """A column's label, with its value if it is known."""
    if value is None:
        return label(column, language)
    shown = format_value(column, value, language, currency)
    return translate("known.with_value", language, label=label(column, language), value=shown)
