"""Writes the journal to files: CSV with words in one language, or JSON lines with every byte for an audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from core.decisions.chain import StoredEntry
from core.decisions.entry import ContestState, Entry
from core.decisions.thresholds import ThresholdEntry
from core.dictionary.lookup import label
from core.i18n.translations import Language, translate
from core.readers.formulas import quote

BYTE_ORDER_MARK = "\ufeff"
SEPARATORS: dict[Language, tuple[str, str]] = {"en": (",", "."), "fr": (";", ",")}
"""Between cells, and in numbers, as spreadsheets of the language read them."""
COLUMNS = (
    *("sequence", "time", "who", "identified", "client", "decision", "departs", "reason", "words", "checked"),
    *("recommendation", "solvency", "line", "loan_from", "amount", "instalment", "goods", "loan_recommendation"),
    *("loan_solvency", "reasons", "letters", "contest", "bundle", "erased_on", "hash"),
)
CHANGE_COLUMNS = (
    "sequence",
    "time",
    "changed_by",
    "line_before",
    "line",
    "band",
    "because",
    "bundle_before",
    "bundle",
    "hash",
)
REASONS = ("income", "guarantee", "history", "debts", "documents", "purpose", "policy", "other")
"""Codes of the reasons that Aval offers where DECISION_REASONS names no others."""


def to_csv(entries: Iterable[Entry], language: Language) -> Iterator[str]:
    """Lines of CSV, the header first; solvency, line and threshold are shares between 0 and 1."""
    return _csv(COLUMNS, (row_in_words(entry, language) for entry in entries), language)


def changes_to_csv(changes: Iterable[ThresholdEntry], language: Language) -> Iterator[str]:
    """Lines of CSV, the header first; lines are on the solvency scale, the review band in P(default)."""
    return _csv(CHANGE_COLUMNS, (change_in_words(change) for change in changes), language)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str | float]], language: Language) -> Iterator[str]:
    separator, decimal = SEPARATORS[language]

    def line(cells: Iterable[str]) -> str:
        return separator.join(quote(cell, separator, decimal) for cell in cells) + "\r\n"

    yield BYTE_ORDER_MARK + line(translate(f"journal.column_{column}", language) for column in columns)
    for cells in rows:
        yield line(_cell(cells[column], decimal) for column in columns)


def change_in_words(change: ThresholdEntry) -> dict[str, str | float]:
    """One change of the threshold by the names of CHANGE_COLUMNS."""
    body = change.body
    return {
        "sequence": str(body.sequence),
        "time": change.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "changed_by": body.who,
        "line_before": 1.0 - body.threshold_before,
        "line": 1.0 - body.threshold,
        "band": body.review_band,
        "because": body.because,
        "bundle_before": body.bundle_before,
        "bundle": body.bundle,
        "hash": change.hash,
    }


def row_in_words(entry: Entry, language: Language) -> dict[str, str | float]:
    """One decision by the names of COLUMNS: numbers as they are, everything else in words of the language."""
    body, loan = entry.body, entry.loan
    cells: dict[str, str | float] = dict.fromkeys(COLUMNS, "")
    cells |= {
        "sequence": str(body.sequence),
        "time": entry.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "who": body.who,
        "identified": yes_or_no(body.identified, language),
        "client": entry.client,
        "decision": translate(f"decision.{body.outcome}", language),
        "departs": yes_or_no(body.departs, language),
        "reason": reason_in_words(body.reason, language),
        "words": entry.parts.get("words", ""),
        "checked": entry.parts.get("checked", ""),
        "recommendation": translate(f"verdict.{body.recommendation}", language),
        "solvency": body.solvency,
        "line": 1.0 - body.threshold,
        "loan_from": translate(f"decision.from_{body.loan_origin}", language),
        "reasons": "; ".join(label(source, language) for source, _ in body.reasons),
        "letters": str(entry.letters),
        "contest": contest_in_words(entry.contest, language),
        "bundle": body.bundle,
        "erased_on": erased_on(entry),
        "hash": entry.hash,
    }
    for name, column in (("amount", "AMT_CREDIT"), ("instalment", "AMT_ANNUITY"), ("goods", "AMT_GOODS_PRICE")):
        cells[name] = loan.get(column, "")
    if body.loan_recommendation is not None and body.loan_solvency is not None:
        cells["loan_recommendation"] = translate(f"verdict.{body.loan_recommendation}", language)
        cells["loan_solvency"] = body.loan_solvency
    return cells


def to_json_lines(stored: Iterable[StoredEntry]) -> Iterator[str]:
    """One JSON object an entry, as it stands: body (text), hash, and the parts with their salts.

    hash is the SHA-256 of the body's UTF-8 bytes, and the body names the hash before. The body's digest of a part is
    the HMAC-SHA256 under the part's salt of its name, a colon and its value.
    """
    for entry in stored:
        parts = {part.name: {"salt": part.salt, "value": part.value} for part in entry.parts}
        whole = {"sequence": entry.sequence, "body": entry.body, "hash": entry.hash, "parts": parts}
        yield json.dumps(whole, ensure_ascii=False) + "\n"


def reason_in_words(reason: str, language: Language) -> str:
    """A reason of Aval's list in words; one of a list of one's own stands as it was written."""
    return translate(f"decision.reason_{reason}", language) if reason in REASONS else reason


def contest_in_words(state: ContestState, language: Language) -> str:
    """The contest state of a refusal in words; empty if it was not contested."""
    return translate(f"contest.{state}", language) if state else ""


def yes_or_no(value: bool, language: Language) -> str:
    """The word for it."""
    return translate("value.yes" if value else "value.no", language)


def erased_on(entry: Entry) -> str:
    """The day on which the parts were erased (UTC), or nothing."""
    return entry.erased_on.astimezone(UTC).date().isoformat() if isinstance(entry.erased_on, datetime) else ""


def _cell(value: str | float, decimal: str) -> str:
    return repr(value).replace(".", decimal) if isinstance(value, float) else value
