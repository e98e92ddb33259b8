"""How much is known of a client: what the file lacks, what lies outside what the model has seen, what cannot be right.

That is not certainty: a complete file can be wrong, and a client like many others can still surprise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.dictionary.lookup import format_value, label, to_shown_scale
from core.i18n.translations import Language, number, percent, translate
from core.insights.population import ALL
from core.model.bundle import Bundle
from core.model.schema import Population
from core.records import (
    Aligned,
    Assessments,
    Decision,
    Impossible,
    ReviewReason,
    ValueOrigin,
    digits_to_distinguish,
)
from core.scoring.decision import LEAST_INFORMATION, band
from core.scoring.explanation import shown_value

Value = float | str | None


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """One column that people know, of one client: its value, where that comes from, its share of the information."""

    source: str
    value: Value
    state: ValueOrigin
    weight: float


@dataclass(frozen=True, slots=True)
class Outside:
    """A number beyond almost all that the model has seen: above or below the number that so few people pass."""

    source: str
    value: float
    above: bool
    edge: float


def column_values(aligned: Aligned, bundle: Bundle) -> tuple[ColumnValue, ...]:
    """Every column of the first client, the one that matters most to the model first.

    A one-hot column stands for its group: the state is "given" where any of the group was.
    """
    values, states = aligned.values[0], aligned.states[0]
    slots: dict[str, list[int]] = {}
    for slot, column in enumerate(bundle.columns):
        slots.setdefault(column.source, []).append(slot)
    found = []
    for source, members in slots.items():
        there = {ValueOrigin(int(states[slot])) for slot in members}
        found.append(
            ColumnValue(
                source=source,
                value=shown_value([(bundle.columns[slot], float(values[slot])) for slot in members]),
                state=ValueOrigin.GIVEN if ValueOrigin.GIVEN in there else ValueOrigin(int(states[members[0]])),
                weight=float(bundle.weights[members].sum()),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.weight, each.source)))


def share_by_state(found: Assessments, bundle: Bundle) -> dict[ValueOrigin, float]:
    """Shares of the model's information by where the first client's values come from; they sum to 1."""
    states = found.aligned.states[0]
    return {state: float(bundle.weights[states == state].sum()) for state in ValueOrigin}


def outside(everything: tuple[ColumnValue, ...], population: Population) -> tuple[Outside, ...]:
    """The numbers that fewer than about one client in a thousand lay beyond, in the order given."""
    found = []
    for each in everything:
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
            turned = to_shown_scale(each.source, 1.0) < 0
            found.append(Outside(each.source, each.value, above != turned, high if above else low))
    return tuple(found)


def impossible_in_words(aligned: Aligned, bundle: Bundle, language: Language, currency: str) -> list[str]:
    """One sentence for each thing of the first client that cannot be right: what stands in the file, and why not."""
    values = {each.source: each.value for each in column_values(aligned, bundle)}
    return [_impossible_sentence(each, values, language, currency) for each in aligned.impossible.get(0, ())]


def impossible_columns(aligned: Aligned) -> set[str]:
    """The columns of the first client that hold, or contradict, what cannot be right."""
    return {column for each in aligned.impossible.get(0, ()) for column in each.columns}


def outside_in_words(found: tuple[Outside, ...], language: Language, currency: str) -> list[str]:
    """One sentence each: what stands in the file, and how far almost all clients reach."""
    return [
        translate(
            "known.above" if each.above else "known.below",
            language,
            label=label(each.source, language),
            value=format_value(each.source, each.value, language, currency),
            edge=format_value(each.source, each.edge, language, currency),
        )
        for each in found
    ]


def why_or_why_not(decision: Decision, information: float, review_band: float, language: Language) -> list[str]:
    """Why this client is, or is not, to review: a sentence on the band around the line, one on what is known.

    A third one where a value cannot be right.
    """
    low, high = (1.0 - end for end in reversed(band(threshold=decision.threshold, review_band=review_band)))
    inside = ReviewReason.IN_BAND in decision.why_review
    digits = max(digits_to_distinguish(100.0 * decision.solvency, 100.0 * end) for end in (low, high))
    near = translate(
        "known.in_band" if inside else "known.out_of_band",
        language,
        solvency=percent(decision.solvency, language, digits),
        low=percent(low, language, digits),
        high=percent(high, language, digits),
    )
    enough = ReviewReason.TOO_LITTLE_KNOWN not in decision.why_review
    much = translate(
        "known.enough" if enough else "known.too_little",
        language,
        share=percent(information, language),
        least=percent(LEAST_INFORMATION, language),
    )
    wrong = [translate("known.impossible", language)] if ReviewReason.IMPOSSIBLE_VALUE in decision.why_review else []
    return [near, much, *wrong]


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
    """What people call a column, and its value where that is known."""
    if value is None:
        return label(column, language)
    shown = format_value(column, value, language, currency)
    return translate("known.with_value", language, label=label(column, language), value=shown)
