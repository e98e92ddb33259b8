"""Reasons as sentences that a client understands, composed from the contribution and the population.

"External score 2 (0.312) is lower than that of four clients in five; of all that is known, it lowers the solvency
most, by 6.0 points." `core.insights.history_facts` makes the sentences of history columns. The sentence mentions a
missing value, and an effect that contradicts common sense.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.dictionary.history_columns import history_column
from core.dictionary.lookup import entry_of, format_value, label, to_shown_scale
from core.i18n.shares import share_in_words
from core.i18n.translations import Language, number, translate
from core.insights.history_facts import Counts, history_fact, history_name
from core.insights.population import Standing, median, share_missing, standing
from core.insights.same_measure import measured_by
from core.insights.sentences import shown_standing
from core.model.bundle import Bundle
from core.model.schema import Population
from core.records import Contribution, ValueOrigin, digits_to_distinguish

TIMES = ("days", "days_ago")
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
    """The effect on the solvency in points, with enough decimals to differ from 0."""
    way = "raises" if contribution.points > 0 else "lowers"
    size = abs(contribution.points)
    digits = digits_to_distinguish(size, 0.0)
    given = contribution.state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED)
    key = f"reason.{way}_too" if not first else f"reason.{way}_most" if given else f"reason.{way}_most_lacking"
    return translate(key, language, n=round(size, digits), points=number(size, language, digits))


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
        missing = share_missing(population, source)
        if not missing:
            return translate("reason.missing_plain", language, label=name)
        return translate("reason.missing", language, label=name, clients=share_in_words(missing, language))
    key, share = _place(source, shown_standing(source, standing(population, source, value)))
    history = None if isinstance(value, str) else history_fact(source, value, counts, language, currency)
    if history is None and name.endswith(")"):
        history = translate("reason.with_value", language, label=name, value=words)
    if history is not None:
        clients = "" if share is None else share_in_words(share, language)
        return translate(f"reason.history_{_history_key(source, key)}", language, fact=history, clients=clients)
    if share is None:
        return translate(f"reason.{key}", language, label=name, value=words)
    return translate(f"reason.{key}", language, label=name, value=words, clients=share_in_words(share, language))


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
    if place.below >= place.above:
        return "longer" if unit in TIMES else "higher", place.below
    return "shorter" if unit in TIMES else "lower", place.above


def _history_key(source: str, key: str) -> str:
    """The key of the sentence for a column of a history: earlier or later, a larger or smaller share, more or less."""
    if key not in ("higher", "lower", "longer", "shorter"):
        return key
    high = key in ("higher", "longer")
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
        shown = format_value(source, value, language, currency)
        fact = translate("reason.with_value", language, label=label(source, language), value=shown)
    size = abs(contribution.points)
    digits = digits_to_distinguish(size, 0.0)
    way = "raises" if contribution.points > 0 else "lowers"
    points = number(size, language, digits)
    return translate(f"reason.{way}_again", language, n=round(size, digits), fact=fact, points=points)


def _marks(contribution: Contribution, population: Population, language: Language) -> list[str]:
    """What an officer should know before relying on a reason: an impossible value, or an effect without sense."""
    if contribution.impossible:
        return [translate("reason.impossible", language)]
    if BY_CHANCE in contribution.source:
        return [translate("reason.habit_filing", language)]
    if _against_common_sense(contribution, population):
        return [translate("reason.habit_raises" if contribution.points > 0 else "reason.habit_lowers", language)]
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
