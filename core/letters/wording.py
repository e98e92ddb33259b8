"""The reasons of a letter as sentences that a client understands: each says what its strongest column says."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.decisions.draft import REVOLVING
from core.dictionary.history_columns import HistoryColumn, history_column
from core.dictionary.lookup import duration, format_number, format_value, label
from core.i18n.translations import Language, number, translate
from core.insights.history_facts import Counts, share_sentence
from core.insights.population import quantile
from core.letters.reasons import LACKING, SCORES, Reason, Values
from core.model.schema import Population
from core.records import DAYS_PER_YEAR, Contribution

LATE = "late"
LOW, HIGH = 0.25, 0.75
"""Shares of the training clients: a sentence calls a value low or high only outside the middle half."""
OF_RECORDS = {"Refused": "refused", "XAP": "rejected", "Active": "running"}
"""Category of a history whose share is a reason → the part of its catalogue keys."""
WITHOUT_A_REASON = "XAP"
"""The category of applications that have no refusal reason on record; the others are told."""
PARTS = {"POS": "month", "CC": "month", "INSTAL": "instalment"}
"""Table → what an average or a largest value is taken over; for all others it is loans."""
WHERE = ("BURO", "ACTIVE", "CLOSED", "POS", "CC")
"""Tables whose loans a sentence names; a payment of an instalment was on an earlier loan."""
LEAST: dict[str, float] = {"days": 0.05, "money": 0.5}
"""Unit → the smallest number that is not shown as 0."""
BEFORE = tuple(f"AMT_REQ_CREDIT_BUREAU_{time}" for time in ("DAY", "WEEK", "MON", "QRT", "YEAR"))
"""Numbers of enquiries, each without those of the shorter time before the application."""
AMOUNTS = {"amount": "AMT_CREDIT", "instalment": "AMT_ANNUITY", "income": "AMT_INCOME_TOTAL"}


def reason_in_words(
    reason: Reason,
    values: Values,
    counts: Counts,
    population: Population,
    language: Language,
    currency: str,
    *,
    revolving: bool,
) -> str:
    """One reason as a sentence to the client.

    Parameters
    ----------
    values: of all columns of the client, as `Contribution.value`. counts: `record_counts` of the client.
    population: of the training clients. language, currency: for words and amounts. revolving: a revolving credit was
    asked for.
    """
    strongest = _told(reason, values)
    source, value = strongest.source, strongest.value
    parts = history_column(source)
    if reason.code == SCORES:
        return _scores(reason, population, language)
    if reason.code == LACKING:
        names = [uncapitalised(label(each.source, language)) for each in reason.contributions]
        return translate("letter.reason_lacking", language, facts=listed(names, language))
    if parts is not None and parts.category is not None and isinstance(value, float):
        return _of_records(parts, value, counts, language)
    if parts is not None and not parts.unit.endswith("_ago") and isinstance(value, float):
        return _of_quantity(parts, value, values, language, currency)
    facts = {
        name: format_value(column, values.get(column), language, currency)
        for name, column in {**AMOUNTS, "value": source}.items()
    }
    if source in BEFORE:
        facts["rest"] = translate(f"letter.rest_{source.rsplit('_', 1)[1]}", language)
    facts["loan"] = loan_name(language, revolving=revolving)
    if isinstance(value, str):
        facts["value"] = facts["loan"] if value == REVOLVING else uncapitalised(facts["value"])
    key = _length(strongest, population) if reason.code == "length" else reason.code
    rate = values.get("PAYMENT_RATE")
    facts["payments"] = number(1.0 / rate, language) if isinstance(rate, float) and rate > 0.0 else ""
    return translate(
        f"letter.reason_{key}", language, label=label(source, language), when=_when(value, language), **facts
    )


def loan_name(language: Language, *, revolving: bool) -> str:
    """What the letter calls the loan that was asked for."""
    return translate("letter.loan_revolving" if revolving else "letter.loan", language)


def _told(reason: Reason, values: Values) -> Contribution:
    """The contribution whose column a sentence tells: the strongest, or that with the longest of several delays."""
    if reason.code != LATE:
        return reason.contributions[0]

    def longest(each: Contribution) -> float:
        parts = history_column(each.source)
        value = values.get(f"{parts.table}_{parts.what}_MAX") if parts is not None else None
        return value if isinstance(value, float) else 0.0

    return max(reason.contributions, key=longest)


def listed(names: Sequence[str], language: Language) -> str:
    """Names in a row: "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return translate("letter.and", language, names=", ".join(names[:-1]), last=names[-1])


def _scores(reason: Reason, population: Population, language: Language) -> str:
    """The external scores that counted against the client, and those that were not available."""
    given: dict[str, float] = {}
    lacking: list[str] = []
    for each in sorted(reason.contributions, key=lambda each: each.source):
        if isinstance(each.value, float):
            given[each.source] = each.value
        else:
            lacking.append(uncapitalised(label(each.source, language)))
    sentences = []
    low = {source: value for source, value in given.items() if _is_low(source, value, population)}
    others = {source: value for source, value in given.items() if source not in low}
    also = "letter.reason_scores_others" if low else "letter.reason_scores"
    for key, part in (("letter.reason_scores_low", low), (also, others)):
        if part:
            facts = [
                translate(
                    "reason.with_value",
                    language,
                    label=uncapitalised(label(source, language)),
                    value=format_value(source, value, language),
                )
                for source, value in part.items()
            ]
            sentences.append(translate(key, language, n=len(facts), facts=listed(facts, language)))
    if lacking:
        sentences.append(
            translate("letter.reason_scores_lacking", language, n=len(lacking), facts=listed(lacking, language))
        )
    return " ".join(sentences)


def _of_records(parts: HistoryColumn, share: float, counts: Counts, language: Language) -> str:
    """How many of the client's earlier applications were refused, or of the loans elsewhere are running."""
    family, total = OF_RECORDS[parts.category or ""], counts.get(parts.table)
    if parts.category == WITHOUT_A_REASON:
        share = 1.0 - share
    if total == 1:
        return translate(f"letter.{family}_only", language)
    return share_sentence(f"letter.{family}", share, total, language)


def _of_quantity(parts: HistoryColumn, value: float, values: Values, language: Language, currency: str) -> str:
    """What a history adds up to, on average or at most; without a number where there is none that a client knows."""
    part = PARTS.get(parts.table, "loan")
    aggregation, told = parts.aggregation, value
    known = _known_by_clients(parts, part)
    other = values.get(f"{parts.table}_{parts.what}_{known}")
    if isinstance(other, float):
        aggregation, told = known, other
    where = translate(f"letter.on_{parts.table}", language) if parts.table in WHERE else ""
    fact = translate(f"letter.told_{parts.what}", language, where=where)
    # An average or a sum over months is one over loans and months: no number that a client knows.
    if told >= LEAST.get(parts.unit, 0.0) and (part != "month" or aggregation == "MAX"):
        how = f"{aggregation}_{part}"
        if (aggregation, parts.unit) == ("MAX", "days"):
            how, told = "MAX_days", float(math.ceil(told))
        shown = format_number(parts.unit, told, language, currency)
        extent = translate(f"letter.extent_{how}", language, value=shown)
        fact = translate("reason.with_value", language, label=fact, value=extent)
    return translate("letter.reason_fact", language, fact=fact)


def _known_by_clients(parts: HistoryColumn, part: str) -> str:
    """The aggregation that a client knows: the longest delay rather than 0.2 days on average, and the highest month
    rather than all months of all loans; else that of the column."""
    return "MAX" if part == "month" or (parts.unit == "days" and parts.aggregation == "MEAN") else parts.aggregation


def _length(contribution: Contribution, population: Population) -> str:
    """The key of the sentence on the number of instalments: long, short, or neither; value: instalment ÷ amount."""
    source, value = contribution.source, contribution.value
    low, high = quantile(population, source, LOW), quantile(population, source, HIGH)
    if isinstance(value, float) and low is not None and high is not None:
        return "length_long" if value < low else "length_short" if value > high else "length"
    return "length"


def _is_low(source: str, value: float, population: Population) -> bool:
    low = quantile(population, source, LOW)
    return low is not None and value < low


def _when(value: float | str | None, language: Language) -> str:
    """How long before the application something happened; value: in days, negative."""
    if not isinstance(value, float):
        return ""
    if value > -1.0:
        return translate("letter.same_day", language)
    years = round(-value / DAYS_PER_YEAR, 1)
    whole = years >= 1.0 and years.is_integer()
    time = translate("value.years", language, n=int(years)) if whole else duration(-value, language)
    return translate("letter.before", language, time=time)


def uncapitalised(text: str) -> str:
    """A label or a value as it stands inside a sentence."""
    return text[:1].lower() + text[1:]
