"""Sentences about the columns of a client's history: "Three of the seven earlier applications were refused",
"Amount still owed on running loans at other lenders, in all: 245,000".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.alignment.parsers import quotient
from core.dictionary.history_columns import COUNT, FIRST_AND_LAST, HistoryColumn, histories, history_column
from core.dictionary.lookup import format_number, format_value
from core.dictionary.schema import Words
from core.i18n.translations import LARGEST, Language, number, percent, translate
from core.records import Contribution, ValueOrigin

SHARE_SENTENCES: Mapping[tuple[str, str, str | None], str] = {
    ("PREV", "NAME_CONTRACT_STATUS", "Refused"): "refused",
    ("PREV", "NAME_CONTRACT_STATUS", "Approved"): "approved",
    ("PREV", "NAME_CONTRACT_STATUS", "Canceled"): "cancelled",
    ("PREV", "CODE_REJECT_REASON", "XAP"): "no_refusal",
    ("BURO", "CREDIT_ACTIVE", "Active"): "running",
    ("BURO", "CREDIT_ACTIVE", "Closed"): "closed",
}
"""(table, column, value) whose share has its own sentences → the part of their catalogue keys."""
COUNT_TOLERANCE = 1e-3
"""Tolerance of a count's distance from a whole number: it is a quotient of two single-precision numbers."""
LARGEST_WORD = 10
"""Counts up to this one are written as words."""
PAST = ("date_ago", "months_ago")

Counts = Mapping[str, int]


def record_counts(contributions: Iterable[Contribution]) -> dict[str, int]:
    """The number of a client's records in each history table, as far as the contributions reveal it.

    A sum divided by its mean is a count. Every loan at another lender has an amount, so its sum and mean give the
    number of loans. Every approved earlier application has a number of payments; dividing the number of approved
    applications by their share gives the number of applications.

    Parameters
    ----------
    contributions: all contributions of one client, with the given values.

    Returns
    -------
    Table ("PREV", "BURO", "POS" or "CC") → count; a table without a whole positive count is absent.
    """
    given = {
        each.source: each.value
        for each in contributions
        if each.state is ValueOrigin.GIVEN and isinstance(each.value, float)
    }

    approved = quotient(given.get("APPROVED_CNT_PAYMENT_SUM"), given.get("APPROVED_CNT_PAYMENT_MEAN"))
    counts = {
        "PREV": quotient(approved, given.get("PREV_NAME_CONTRACT_STATUS_Approved_MEAN")),
        "BURO": quotient(given.get("BURO_AMT_CREDIT_SUM_SUM"), given.get("BURO_AMT_CREDIT_SUM_MEAN")),
        "POS": given.get("POS_COUNT"),
        "CC": given.get("CC_COUNT"),
    }
    return {table: whole for table, count in counts.items() if (whole := _to_whole(count))}


def history_fact(column: str, value: float, counts: Counts, language: Language, currency: str) -> str | None:
    """The sentence of a history column's value, without a full stop; None for any other column.

    Parameters
    ----------
    column: source column.
    value: in the data set's unit.
    counts: `record_counts` of the same client; for a table that is absent, shares are given in percent.
    language, currency: for words and amounts.
    """
    parts = history_column(column)
    if parts is None:
        return None
    words = histories()
    records = words.tables[parts.table].records[language]
    sentence = SHARE_SENTENCES.get((parts.table, parts.what, parts.category))
    if parts.aggregation == COUNT:
        text, facts = "fact_of_count", {"records": _capitalise(records), "value": number(value, language)}
    elif parts.category is None:
        text, facts = "fact", _of_quantity(column, parts, value, language, currency)
    elif sentence and parts.aggregation == "SHARE" and counts.get(parts.table) != 1:
        return share_sentence(f"history.{sentence}", value, counts.get(parts.table), language)
    else:
        text, facts = _of_category(column, parts, value, counts, language)
    return words.texts[text][language].format(**facts)


def history_name(column: str, language: Language) -> str | None:
    """The name of a history quantity inside a sentence; None for any other column."""
    parts = history_column(column)
    if parts is None or parts.category is not None or parts.aggregation == COUNT:
        return None
    return histories().texts["phrase"][language].format(what=_what(parts, language), how=_how(parts, language))


def _what(parts: HistoryColumn, language: Language) -> str:
    quantity, table = histories().quantities[parts.what], histories().tables[parts.table]
    text = quantity.fact.get(language) or f"{quantity.label[language]} {{where}}"
    return _capitalise(text.format(where=table.where[language], records=table.records[language]))


def _how(parts: HistoryColumn, language: Language) -> str:
    table = histories().tables[parts.table]
    if parts.unit in PAST and parts.aggregation in ("FIRST", "LAST"):
        return (table.first if parts.aggregation == "FIRST" else table.last)[language]
    if parts.unit == "hour" and parts.aggregation in FIRST_AND_LAST:
        return histories().aggregations[FIRST_AND_LAST[parts.aggregation]].how[language]
    return (table.how.get(parts.aggregation) or histories().aggregations[parts.aggregation].how)[language]


def _of_quantity(column: str, parts: HistoryColumn, value: float, language: Language, currency: str) -> dict[str, str]:
    if parts.aggregation == "VAR":
        shown = format_value(column, value, language, currency)
    elif parts.aggregation == "SUM" and parts.unit == "percent":
        shown = translate("history.instalments", language, n=round(value, 1), times=number(value, language, 1))
    else:
        shown = format_number(parts.unit, value, language, currency)
    return {"what": _what(parts, language), "how": _how(parts, language), "value": shown}


def _of_category(
    column: str, parts: HistoryColumn, value: float, counts: Counts, language: Language
) -> tuple[str, dict[str, str]]:
    words = histories()
    category: Words = words.categories[parts.what].values[parts.category or ""]
    facts = {
        "records": _capitalise(words.tables[parts.table].records[language]),
        "what": words.categories[parts.what].label[language],
        "category": category[language],
    }
    if parts.aggregation == "SHARE":
        total = counts.get(parts.table)
        part = _count_of_share(value, total)
        share = percent(value, language) if part is None else translate("history.records", language, k=part, of=total)
        return "fact_of_category", facts | {"value": share}
    how = words.aggregations[parts.aggregation].how[language]
    return "fact_of_category_how", facts | {"how": how, "value": format_value(column, value, language)}


def share_sentence(key: str, share: float, total: int | None, language: Language) -> str:
    """A share of a client's records as a sentence, as a count of them where their number is known.

    key: of the catalogue, to which "_share", "_none", "_some" or "_all" is added. share: from 0 to 1. total: number of
    the client's records, above 1; None if it is not known.
    """
    part = _count_of_share(share, total)
    if total is None or part is None:
        return translate(f"{key}_share", language, share=percent(share, language))
    total_in_words = _in_words(total, language)
    if part == 0:
        return translate(f"{key}_none", language, of=total_in_words)
    if part == total:
        return translate(f"{key}_all", language, of=total_in_words)
    sentence = translate(f"{key}_some", language, n=part, k=_in_words(part, language), of=total_in_words)
    return _capitalise(sentence)


def _count_of_share(share: float, total: int | None) -> int | None:
    """share × total as a count; None if the total is not known, or the product is not a whole number of them."""
    if not total or not 0.0 <= share <= 1.0 + COUNT_TOLERANCE:
        return None
    count = round(share * total)
    return count if abs(share * total - count) <= COUNT_TOLERANCE * total else None


def _to_whole(count: float | None) -> int | None:
    if count is None or not 0.0 < count < LARGEST or abs(count - round(count)) > COUNT_TOLERANCE * max(1.0, count):
        return None
    return round(count)


def _in_words(count: int, language: Language) -> str:
    return translate(f"number.{count}", language) if 1 < count <= LARGEST_WORD else number(count, language)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
