"""One decision on a screen: in a line, and whole as it was then."""

from __future__ import annotations

import streamlit as st
from babel.dates import format_datetime

from core.decisions.entry import Entry, Outcome
from core.decisions.export import erased_on, reason_in_words
from core.dictionary.lookup import format_number, label
from core.i18n.translations import Language, percent, signed, translate
from pages.components import resources
from pages.components.messages import plain

ICONS = {
    Outcome.GRANTED: ":material/check_circle:",
    Outcome.REFUSED: ":material/cancel:",
    Outcome.GRANTED_OTHERWISE: ":material/published_with_changes:",
    Outcome.ASKED_FOR_MORE: ":material/help:",
}


def when(entry: Entry, language: Language) -> str:
    """The day and minute of a decision, in UTC."""
    return f"{format_datetime(entry.when, 'd MMM y HH:mm', locale=language)} UTC"


def show_line(entry: Entry, language: Language) -> None:
    """A decision in short: what, by whom, when, the loan, and the words."""
    what = translate(f"decision.{entry.body.outcome}", language)
    who, at = plain(entry.body.who), plain(when(entry, language))
    line = translate("decision.line", language, what=f"**{what}**", who=who, when=at)
    if not entry.body.identified:
        line += f" · {translate('decision.not_checked', language)}"
    st.markdown(f"{ICONS[entry.body.outcome]} {line}")
    if entry.body.departs:
        st.badge(translate("decision.departs", language), icon=":material/call_split:", color="orange")
    if entry.body.outcome is Outcome.GRANTED_OTHERWISE:
        st.markdown(plain(loan_in_words(entry, language)))
    for text in (reason_in_words(entry.body.reason, language), entry.parts.get("words", "")):
        if text:
            st.text(text)
    if entry.parts.get("checked"):
        st.caption(translate("journal.column_checked", language))
        st.text(entry.parts["checked"])


def show_entry(entry: Entry, language: Language) -> None:
    """A decision as it was then: the answer of the model, the reasons shown, and what was decided."""
    body = entry.body
    client = entry.client or translate("journal.erased", language, day=erased_on(entry))
    st.subheader(translate("journal.entry", language, entry=str(body.sequence), client=client), anchor=False)
    show_line(entry, language)
    st.markdown(
        translate(
            "journal.answer",
            language,
            opinion=translate(f"verdict.{body.recommendation}", language),
            solvency=plain(percent(body.solvency, language, 2)),
            line=plain(percent(1.0 - body.threshold, language, 2)),
        )
    )
    if body.loan_recommendation is not None and body.loan_solvency is not None:
        st.markdown(
            translate(
                "journal.answer_loan",
                language,
                opinion=translate(f"verdict.{body.loan_recommendation}", language),
                solvency=plain(percent(body.loan_solvency, language, 2)),
            )
        )
    for source, points in body.reasons:
        name, value = plain(label(source, language)), plain(signed(points, language, 1))
        st.markdown(f"- {translate('reason.with_value', language, label=name, value=value)}")
    st.caption(translate("journal.model", language, digest=body.bundle[:12], hash=entry.hash[:12]))


def loan_in_words(entry: Entry, language: Language) -> str:
    """The loan that was decided and where it comes from; empty once it was erased."""
    currency, loan = resources.settings().currency, entry.loan
    amounts = [
        f"{label(column, language)} {format_number('money', amount, language, currency)}"
        for column, amount in loan.items()
    ]
    origin = translate(f"decision.from_{entry.body.loan_origin}", language)
    return f"{origin}: {', '.join(amounts)}" if amounts else ""
