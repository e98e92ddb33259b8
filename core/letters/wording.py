"""The reasons of a letter as sentences that a client understands."""

from __future__ import annotations

from collections.abc import Sequence

from core.dictionary.lookup import duration, format_value, label
from core.i18n.translations import Language, number, translate
from core.insights.history_facts import Counts, history_fact
from core.letters.reasons import LACKING, SCORES, Reason, Values

TOLD_AS_FACT = ("earlier_refused", "other_running")
"""Reasons of a history that the sentence of their strongest column tells well: "two of the five earlier applications
were refused"."""
DEBTS = ("BURO_AMT_CREDIT_SUM_DEBT_SUM", "ACTIVE_AMT_CREDIT_SUM_DEBT_SUM")


def reason_in_words(reason: Reason, values: Values, counts: Counts, language: Language, currency: str) -> str:
    """One reason as a sentence to the client.

    Parameters
    ----------
    values: of all columns of the client, as `Contribution.value`. counts: `record_counts` of the client.
    language, currency: for words and amounts.
    """
    strongest = reason.contributions[0]
    if reason.code in TOLD_AS_FACT and isinstance(strongest.value, float):
        fact = history_fact(strongest.source, strongest.value, counts, language, currency)
        return translate("letter.reason_history", language, fact=fact)
    if reason.code == SCORES:
        return _scores(reason, language)
    if reason.code in (LACKING, "addresses"):
        return translate(f"letter.reason_{reason.code}", language, facts=listed(_names(reason, language), language))
    code = reason.code
    debt = next((values[column] for column in DEBTS if isinstance(values.get(column), float)), None)
    if code == "other_debts" and not debt:
        code = "other_debts_unknown"
    facts = _facts(reason, values, language, currency)
    facts["debt"] = format_value("AMT_CREDIT", debt, language, currency)
    return translate(f"letter.reason_{code}", language, **facts)


def listed(names: Sequence[str], language: Language) -> str:
    """Names in a row: "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return translate("letter.and", language, names=", ".join(names[:-1]), last=names[-1])


def _scores(reason: Reason, language: Language) -> str:
    """The external scores that counted against the client, and those that were not available."""
    in_order = sorted(reason.contributions, key=lambda each: each.source)
    given = [
        translate(
            "letter.reason_part",
            language,
            label=_uncapitalised(label(each.source, language)),
            value=format_value(each.source, each.value, language),
        )
        for each in in_order
        if each.value is not None
    ]
    lacking = [_uncapitalised(label(each.source, language)) for each in in_order if each.value is None]
    key = "scores" if not lacking else "scores_some" if given else "scores_lacking"
    facts = {"facts": listed(given, language), "lacking": listed(lacking, language)}
    return translate(f"letter.reason_{key}", language, **facts)


def _names(reason: Reason, language: Language) -> list[str]:
    return [_uncapitalised(label(each.source, language)) for each in reason.contributions]


def _facts(reason: Reason, values: Values, language: Language, currency: str) -> dict[str, str]:
    source, value = reason.contributions[0].source, reason.contributions[0].value
    facts = {"value": format_value(source, value, language, currency)}
    for name, column in (
        ("amount", "AMT_CREDIT"),
        ("instalment", "AMT_ANNUITY"),
        ("income", "AMT_INCOME_TOTAL"),
        ("goods", "AMT_GOODS_PRICE"),
    ):
        facts[name] = format_value(column, values.get(column), language, currency)
    rate = values.get("PAYMENT_RATE")
    facts["payments"] = number(1.0 / rate, language) if isinstance(rate, float) and rate > 0.0 else ""
    facts["time"] = duration(-value, language) if isinstance(value, float) else ""
    return facts


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
