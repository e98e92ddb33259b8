"""Drift in words: one sentence for each finding, for the screen and the command line alike."""

from __future__ import annotations

from core.dictionary.history_columns import histories
from core.dictionary.lookup import duration, entry_of, format_value, label, to_shown_scale
from core.i18n.translations import Language, number, percent, signed, translate
from core.monitoring.drift import Drift, Finding, Word

MAX_NAMES = 3
TIMES = ("days_ago", "date_ago", "date_ahead")


def word_of(word: Word, language: Language) -> str:
    """Stable, look, act."""
    return translate(f"drift.{word.name.lower()}", language)


def what_of(finding: Finding, language: Language) -> str:
    """What differs: the column's label, the first of several, or the score."""
    if not finding.columns:
        return translate("drift.score", language)
    if finding.family:
        table = histories().tables[finding.family].label[language]
        return translate("drift.history", language, table=table, n=len(finding.columns))
    names = [label(column, language) for column in finding.columns[:MAX_NAMES]]
    more = len(finding.columns) - MAX_NAMES
    listed = ", ".join(names)
    return translate("drift.and_more", language, names=listed, n=more) if more > 0 else listed


def value_of(finding: Finding, language: Language) -> str:
    """The PSI, the difference of shares in points, or the share of the clients."""
    if finding.kind == "missing":
        gap = signed(100.0 * (finding.here - finding.there), language, 1)
        return translate("drift.points", language, points=gap)
    if finding.kind in ("outside", "unseen"):
        return percent(finding.value, language, 1)
    return translate("drift.psi", language, psi=number(finding.value, language, 2))


def sentence_of(finding: Finding, language: Language, currency: str = "") -> str:
    """What differs from training, in one sentence without the column's name."""
    here, there = (percent(each, language, 1) for each in (finding.here, finding.there))
    column = finding.columns[0] if finding.columns else ""
    if finding.kind == "score":
        # Up to a P(default) is from a solvency upwards.
        solvency = percent(1.0 - (finding.edge or 0.0), language, 1)
        return translate("drift.score_from", language, here=here, there=there, solvency=solvency)
    if finding.kind == "values":
        edge = finding.edge or 0.0
        if finding.name or entry_of(column).unit == "flag":
            name = format_value(column, finding.name or edge, language, currency)
            return translate("drift.category", language, here=here, there=there, name=name)
        # Days before the application are negative numbers: up to one of them is so long ago, or longer.
        key = "drift.at_least" if to_shown_scale(column, 1.0) < 0 else "drift.at_most"
        return translate(key, language, here=here, there=there, edge=number_words(column, edge, language, currency))
    if finding.kind == "outside":
        ends = sorted((finding.low, finding.high), key=lambda each: to_shown_scale(column, each))
        low, high = (number_words(column, each, language, currency) for each in ends)
        return translate("drift.outside", language, here=here, low=low, high=high)
    return translate(f"drift.{finding.kind}", language, here=here, there=there)


def number_words(column: str, value: float, language: Language, currency: str = "") -> str:
    """A number of a column as people know it, a time before or after the application as a duration."""
    if entry_of(column).unit in TIMES:
        return duration(value if to_shown_scale(column, 1.0) > 0 else -value, language)
    return format_value(column, float(f"{value:.4g}"), language, currency)


def overall(drift: Drift, language: Language) -> str:
    """What to do, in one sentence."""
    if drift.too_small:
        return translate("drift.too_small", language, n=drift.n)
    counts = {word: sum(each.word == word for each in drift.findings) for word in (Word.LOOK, Word.ACT)}
    if drift.word is Word.STABLE:
        return translate("drift.all_stable", language, n=drift.n)
    key = "drift.all_act" if drift.word is Word.ACT else "drift.all_look"
    return translate(key, language, n=counts[drift.word], clients=number(drift.n, language))
