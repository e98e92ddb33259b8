"""Reasons as sentences that a client understands, composed from the contribution and the population.

"External score 2 (0.312): lower than for 4 clients in 5; strongest point against: −6.0 points."
`core.insights.history_facts` makes the sentences of history columns. The sentence mentions a missing value, and
an effect that contradicts common sense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dictionary.history_columns import history_column
from core.dictionary.lookup import entry_of, format_value, label, to_shown_scale
from core.i18n.shares import case_in_words, share_in_words
from core.i18n.translations import Language, signed, translate
from core.insights.history_facts import Counts, history_fact, history_name
from core.insights.population import Standing, median, share_missing, standing
from core.insights.same_measure import measured_by
from core.insights.sentences import shown_standing, value_of
from core.model.bundle import Bundle
from core.model.schema import Population
from core.records import Contribution, ValueOrigin, digits_to_distinguish

TIMES = ("longer", "shorter")
WORDS: Mapping[str, tuple[str, str]] = {
    "days": TIMES,
    "days_ago": TIMES,
    "age": ("older", "younger"),
    "count": ("more", "less"),
}
"""Unit → the keys of a value above, and of one below, what most clients have; higher and lower for all others."""
ORDINARY = 0.45
"""A value with less than this share of clients below it, and above it, is ordinary; with more on either side it lies
in the middle."""
BY_CHANCE = "APPR_PROCESS_START"
"""Part of the names of the columns of the weekday and the hour at which an application was filed."""
COMMON = 0.3
"""From this share on, a sentence says how many clients share a count or rating, not how many have more."""


def reason(
    contribution: Contribution, bundle: Bundle, language: Language, currency: str, counts: Counts, *, first: bool
) -> str:
    """One reason as a sentence.

    Parameters
    ----------
    contribution: the column's contribution to one client's answer.
    bundle: the model's population.
    language, currency: for words and amounts.
    counts: `record_counts` of the client.
    first: it is the largest of all contributions that raise the solvency, or of all that lower it.
    """
    fact = _fact(contribution, bundle.population, language, currency, counts)
    sentence = translate("reason.sentence", language, fact=fact, effect=_effect(contribution, language, first=first))
    return " ".join([sentence, *_marks(contribution, bundle.population, language)])


def reasons_in_words(
    chosen: Sequence[Contribution], bundle: Bundle, language: Language, currency: str, counts: Counts
) -> list[str]:
    """The sentences of contributions that all raise, or all lower, the solvency; the largest comes first.

    Contributions that measure the same thing are one reason: the largest, followed by a sentence on each of the others.

    counts: `record_counts` of the client.
    """
    one_reason: dict[tuple[str, bool], list[Contribution]] = {}
    for each in chosen:
        told = each.state not in (ValueOrigin.ASSUMED, ValueOrigin.UNSEEN)
        measure = measured_by(each.source) if told else each.source
        one_reason.setdefault((measure, each.value is None), []).append(each)
    sentences = []
    for largest, *others in one_reason.values():
        parts = [reason(largest, bundle, language, currency, counts, first=largest is chosen[0])]
        for each in others:
            parts.append(_other_measure(each, language, currency, counts))
            parts += [mark for mark in _marks(each, bundle.population, language) if mark not in " ".join(parts)]
        sentences.append(" ".join(parts))
    return sentences


def holds_black_box(contributions: Sequence[Contribution]) -> bool:
    """Whether one of these columns is another organisation's score, whose computation is unknown here."""
    return any(entry_of(each.source).theme == "external_scores" for each in contributions)


def _effect(contribution: Contribution, language: Language, *, first: bool) -> str:
    """The effect on the solvency in points, with its sign and enough decimals to differ from 0."""
    digits = digits_to_distinguish(abs(contribution.points), 0.0)
    size, points = round(abs(contribution.points), digits), signed(contribution.points, language, digits)
    if not first:
        return translate("reason.points", language, n=size, points=points)
    key = "reason.raises_most" if contribution.points > 0 else "reason.lowers_most"
    return translate(key, language, n=size, points=points)


def _fact(contribution: Contribution, population: Population, language: Language, currency: str, counts: Counts) -> str:
    """Label, value, and the position of the value among the training clients."""
    source, value = contribution.source, contribution.value
    name, words = (
        history_name(source, language) or label(source, language),
        format_value(source, value, language, currency),
    )
    if contribution.state is ValueOrigin.UNSEEN:
        return translate("reason.unseen", language, label=name)
    if contribution.state is ValueOrigin.ASSUMED:
        return translate("reason.assumed", language, label=name, value=words)
    if contribution.state is ValueOrigin.MISSING or value is None:
        if contribution.absence is None:
            fact = translate("reason.missing", language, label=name)
        else:
            fact = translate("reason.not_applicable", language, label=name, value=value_of(contribution, language, ""))
        missing = share_missing(population, source)
        if not missing:
            return fact
        return translate("reason.fact_placed", language, fact=fact, place=case_in_words(missing, language))
    key, share = _place(source, shown_standing(source, standing(population, source, value)))
    history = None if isinstance(value, str) else history_fact(source, value, counts, language, currency)
    if history is None and name.endswith(")"):
        history = translate("reason.with_value", language, label=name, value=words)
    if history is not None:
        fact, placed, key = translate("reason.fact", language, fact=history), "fact_placed", _history_key(source, key)
    else:
        fact, placed = translate("reason.label", language, label=name, value=words), "label_placed"
    if key == "plain":
        return fact
    return translate(f"reason.{placed}", language, fact=fact, place=_place_in_words(key, share, language))


def _place_in_words(key: str, share: float | None, language: Language) -> str:
    """A position of `_place` in words."""
    if share is None:
        return translate(f"reason.{key}", language)
    if key == "shared":
        return case_in_words(share, language)
    return translate(f"reason.{key}", language, clients=share_in_words(share, language))


def _place(source: str, place: Standing) -> tuple[str, float | None]:
    """The key of the sentence for a position, and the share of clients that it names."""
    unit = entry_of(source).unit
    if place.same is not None and (place.below is None or unit == "flag" or place.same >= COMMON):
        return "shared", place.same
    if place.below is None or place.above is None:
        return "plain", None
    if max(place.below, place.above) < ORDINARY:
        return "ordinary", None
    if min(place.below, place.above) >= ORDINARY:
        return "middle", None
    high, low = WORDS.get(unit, ("higher", "lower"))
    return (high, place.below) if place.below >= place.above else (low, place.above)


def _history_key(source: str, key: str) -> str:
    """The key of the sentence for a column of a history: earlier or later, a larger or smaller share, more or less."""
    if key in ("plain", "middle", "ordinary", "shared"):
        return key
    high = key in ("higher", "longer", "more")
    unit, parts = entry_of(source).unit, history_column(source)
    if parts is not None and parts.aggregation in ("SHARE", "MONTHS"):
        return "larger_share" if high else "smaller_share"
    if unit in ("date_ago", "months_ago"):
        return "longer_ago" if high else "more_recent"
    if unit in ("date_ahead", "hour"):
        return "later" if high else "sooner"
    return "more" if high else "less"


def _other_measure(contribution: Contribution, language: Language, currency: str, counts: Counts) -> str:
    """The sentence on a contribution that measures the same thing as the one before it."""
    source, value = contribution.source, contribution.value
    fact = None
    if isinstance(value, float):
        fact = history_fact(source, value, counts, language, currency)
    if fact is None:
        known = contribution.absence is None
        shown = format_value(source, value, language, currency) if known else value_of(contribution, language, currency)
        fact = translate("reason.with_value", language, label=label(source, language), value=shown)
    return translate("reason.again", language, fact=fact, effect=_effect(contribution, language, first=False))


def _marks(contribution: Contribution, population: Population, language: Language) -> list[str]:
    """What an officer should know before relying on a reason: an impossible value, or an effect without sense."""
    if contribution.impossible:
        return [translate("reason.impossible", language)]
    if BY_CHANCE in contribution.source:
        return [translate("reason.habit_filing", language)]
    if _against_common_sense(contribution, population):
        return [translate("reason.habit", language)]
    return []


def _against_common_sense(contribution: Contribution, population: Population) -> bool:
    """Whether a value on the good side of the middle lowers the solvency, or one on the bad side raises it."""
    direction = entry_of(contribution.source).direction
    middle = median(population, contribution.source)
    given = contribution.state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED)
    if direction == 0 or middle is None or not given or not isinstance(contribution.value, float):
        return False
    if _place(contribution.source, standing(population, contribution.source, contribution.value))[0] == "middle":
        return False
    above = to_shown_scale(contribution.source, contribution.value) - to_shown_scale(contribution.source, middle)
    return direction * above * contribution.points < 0


def is_doubtful(contribution: Contribution, population: Population) -> bool:
    """Whether an officer should not tell a client this reason: its value cannot be right, or its effect has no sense.

    population: of the training clients.
    """
    return bool(
        contribution.impossible or BY_CHANCE in contribution.source or _against_common_sense(contribution, population)
    )
