"""What a column of a client's history says, as people speak of histories: "Three of the seven earlier applications
were refused", "Amount still owed on running loans at other lenders, in all: 245,000".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from core.dictionary.history_columns import COUNT, HistoryColumn, histories, history_column
from core.dictionary.lookup import duration, format_number
from core.dictionary.schema import Words
from core.i18n.translations import Language, number, percent, translate
from core.records import Contribution, ValueOrigin

OWN_SENTENCES: Mapping[tuple[str, str, str | None], str] = {
    ("PREV", "NAME_CONTRACT_STATUS", "Refused"): "refused",
    ("PREV", "NAME_CONTRACT_STATUS", "Approved"): "approved",
    ("PREV", "NAME_CONTRACT_STATUS", "Canceled"): "cancelled",
    ("PREV", "CODE_REJECT_REASON", "XAP"): "no_refusal",
    ("BURO", "CREDIT_ACTIVE", "Active"): "running",
    ("BURO", "CREDIT_ACTIVE", "Closed"): "closed",
}
"""Table, column and value of which a share is a sentence of its own."""
NEAR = 1e-3
"""How far a count may lie from a whole number: a mean and a sum of single precision were divided."""
LARGEST_WORD = 10
PAST = ("date_ago", "months_ago")

Counts = Mapping[str, int]


def record_counts(contributions: Iterable[Contribution]) -> dict[str, int]:
    """How many records a client has in each table of the histories, where the file gives it away; by table.

    A sum divided by a mean is a count. Each loan at another lender has an amount (BURO_AMT_CREDIT_SUM). Of earlier
    applications each approved one has a number of payments, and the share that was approved is known.
    """
    given = {
        each.source: each.value
        for each in contributions
        if each.state is ValueOrigin.GIVEN and isinstance(each.value, float)
    }

    def quotient(*names: str) -> float | None:
        values = [given.get(name) for name in names]
        first, *others = values
        if first is None or any(not each for each in others):
            return None
        return first / math.prod(each for each in others if each)

    found = {
        "PREV": quotient(
            "APPROVED_CNT_PAYMENT_SUM", "APPROVED_CNT_PAYMENT_MEAN", "PREV_NAME_CONTRACT_STATUS_Approved_MEAN"
        ),
        "BURO": quotient("BURO_AMT_CREDIT_SUM_SUM", "BURO_AMT_CREDIT_SUM_MEAN"),
        "POS": given.get("POS_COUNT"),
        "CC": given.get("CC_COUNT"),
    }
    return {table: whole for table, each in found.items() if (whole := _whole(each))}


def history_fact(column: str, value: float, counts: Counts, language: Language, currency: str) -> str | None:
    """What a column of a history says, without a full stop; None for a column that is not of a history.

    counts: `record_counts` of the same client; where a table is not in it, shares are said in percent.
    """
    parts = history_column(column)
    if parts is None:
        return None
    words = histories()
    records, own = (
        words.tables[parts.table].records[language],
        OWN_SENTENCES.get((parts.table, parts.what, parts.category)),
    )
    if parts.aggregation == COUNT:
        text, facts = "fact_of_count", {"records": _begin(records), "value": number(value, language)}
    elif parts.category is None:
        text, facts = "fact", _of_quantity(parts, value, language, currency)
    elif own and parts.aggregation == "SHARE" and counts.get(parts.table) != 1:
        return _own_sentence(own, value, counts.get(parts.table), language)
    else:
        text, facts = _of_category(parts, value, counts, language)
    return words.texts[text][language].format(**facts)


def history_name(column: str, language: Language) -> str | None:
    """What a quantity of a history is called inside a sentence; None for any other column."""
    parts = history_column(column)
    if parts is None or parts.category is not None or parts.aggregation == COUNT:
        return None
    return histories().texts["phrase"][language].format(what=_what(parts, language), how=_how(parts, language))


def _what(parts: HistoryColumn, language: Language) -> str:
    quantity, table = histories().quantities[parts.what], histories().tables[parts.table]
    text = quantity.fact.get(language) or f"{quantity.label[language]} {{where}}"
    return _begin(text.format(where=table.where[language], records=table.records[language]))


def _how(parts: HistoryColumn, language: Language) -> str:
    table = histories().tables[parts.table]
    if parts.unit in PAST and parts.aggregation in ("FIRST", "LAST"):
        return (table.first if parts.aggregation == "FIRST" else table.last)[language]
    return histories().aggregations[parts.aggregation].how[language]


def _of_quantity(parts: HistoryColumn, value: float, language: Language, currency: str) -> dict[str, str]:
    if parts.aggregation == "VAR":
        shown = _spread(parts, value, language, currency)
    elif parts.aggregation == "SUM" and parts.unit == "percent":
        shown = translate("history.instalments", language, n=round(value, 1), times=number(value, language, 1))
    else:
        shown = format_number(parts.unit, value, language, currency)
    return {"what": _what(parts, language), "how": _how(parts, language), "value": shown}


def _spread(parts: HistoryColumn, variance: float, language: Language, currency: str) -> str:
    """The root of a variance, in the quantity's own unit."""
    unit, spread = histories().quantities[parts.what].unit, math.sqrt(max(variance, 0.0))
    if unit in ("date_ago", "date_ahead"):
        return duration(spread, language)
    if unit == "months_ago":
        return translate("value.months", language, n=round(spread))
    return format_number(unit, spread, language, currency)


def _of_category(parts: HistoryColumn, value: float, counts: Counts, language: Language) -> tuple[str, dict[str, str]]:
    words = histories()
    category: Words = words.categories[parts.what].values[parts.category or ""]
    facts = {
        "records": _begin(words.tables[parts.table].records[language]),
        "what": words.categories[parts.what].label[language],
        "category": category[language],
    }
    if parts.aggregation == "SHARE":
        some, of = _some(value, counts.get(parts.table)), counts.get(parts.table)
        share = percent(value, language) if some is None else translate("history.records", language, k=some, of=of)
        return "fact_of_category", facts | {"value": share}
    unit = "count" if parts.aggregation == "TIMES" else parts.unit
    how = words.aggregations[parts.aggregation].how[language]
    return "fact_of_category_how", facts | {"how": how, "value": format_number(unit, value, language)}


def _own_sentence(key: str, share: float, of: int | None, language: Language) -> str:
    some = _some(share, of)
    if of is None or some is None:
        return translate(f"history.{key}_share", language, share=percent(share, language))
    count = _in_words(of, language)
    if some == 0:
        return translate(f"history.{key}_none", language, of=count)
    if some == of:
        return translate(f"history.{key}_all", language, of=count)
    return _begin(translate(f"history.{key}_some", language, n=some, k=_in_words(some, language), of=count))


def _some(share: float, of: int | None) -> int | None:
    """How many of so many a share is; None where it is no whole number of them."""
    count = None if of is None else round(share * of)
    return count if count is not None and of and abs(share * of - count) <= NEAR * of else None


def _whole(count: float | None) -> int | None:
    return round(count) if count is not None and abs(count - round(count)) <= NEAR * max(1.0, count) else None


def _in_words(count: int, language: Language) -> str:
    return translate(f"number.{count}", language) if 1 < count <= LARGEST_WORD else number(count, language)


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
