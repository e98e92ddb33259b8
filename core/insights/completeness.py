"""How much is known of a client: what the file lacks, what lies outside what the model has seen, what cannot be right.

That is not certainty: a complete file can be wrong, and a client like many others can still surprise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.dictionary.history_columns import history_entry
from core.dictionary.lookup import entry_of, format_value, label, to_shown_scale
from core.dictionary.schema import Unit
from core.i18n.translations import Language, number, percent, translate
from core.insights.population import ALL
from core.model.bundle import Bundle
from core.model.schema import Population
from core.records import Aligned, Assessments, Decision, ReviewReason, ValueOrigin, digits_to_distinguish
from core.scoring.decision import LEAST_INFORMATION, band
from core.scoring.explanation import shown_value

Value = float | str | None
ENDLESS = float("inf")
EVERYTHING = (-ENDLESS, ENDLESS)
POSSIBLE: dict[Unit, tuple[float, float]] = {
    "money": (0.0, ENDLESS),
    "age": (0.0, 120.0),
    "years": (0.0, 120.0),
    "days_ago": (0.0, 120.0),
    "months_ago": (0.0, 1440.0),
    "count": (0.0, ENDLESS),
    "score": (0.0, 1.0),
    "index": (0.0, 1.0),
    "hour": (0.0, 23.0),
    "rating": (1.0, 3.0),
}
"""Between which numbers a value must lie, on the scale on which it is shown (times in years)."""


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


def impossible(everything: tuple[ColumnValue, ...]) -> tuple[ColumnValue, ...]:
    """The values that cannot be right, whatever the model makes of them: an age below 0, a score of 62."""
    return tuple(each for each in everything if not _possible(each))


def impossible_in_words(found: tuple[ColumnValue, ...], language: Language, currency: str) -> list[str]:
    """One sentence each: what stands in the file, and between what it must lie."""
    return list(_impossible_sentences(found, language, currency))


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
    """Two sentences on why this client is, or is not, to review: the band around the line, and what is known."""
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
    return [near, much]


def _possible(each: ColumnValue) -> bool:
    # Histories add up, differ and vary: the data itself has days and amounts of them on either side of 0.
    if history_entry(each.source) is not None:
        return True
    low, high = POSSIBLE.get(entry_of(each.source).unit, EVERYTHING)
    return not isinstance(each.value, float) or low <= to_shown_scale(each.source, each.value) <= high


def _impossible_sentences(found: tuple[ColumnValue, ...], language: Language, currency: str) -> Iterator[str]:
    for each in found:
        low, high = POSSIBLE[entry_of(each.source).unit]
        name, value = label(each.source, language), format_value(each.source, each.value, language, currency)
        if high == ENDLESS:
            yield translate("known.negative", language, label=name, value=value)
        else:
            ends = {"low": number(low, language), "high": number(high, language)}
            yield translate("known.not_between", language, label=name, value=value, **ends)
