"""The filter of the journal, which stands in the address too."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.decisions.reading import Filter
from core.i18n.translations import Language, translate
from pages.components.session import once, set_widget, translated

KINDS = ("decisions", "thresholds")
KIND = "journal_kind"
FIELDS = ("client", "who", "outcome", "departs", "contest", "since", "until")
KEYS = {field: f"journal_{field}" for field in FIELDS}


def choose_kind(language: Language) -> str:
    """Draw the switch between decisions and changes of the threshold, which the address holds too."""
    given = st.query_params.get("kind", KINDS[0])
    once(KIND, given, lambda: set_widget(KIND, given if given in KINDS else KINDS[0]))
    chosen = st.segmented_control(
        translate("journal.kind", language),
        KINDS,
        key=translated(KIND),
        format_func=lambda each: translate(f"journal.kind_{each}", language),
        required=True,
        label_visibility="collapsed",
    )
    kind = chosen or KINDS[0]
    if kind != given:
        once(KIND, kind, lambda: None)
        st.query_params.from_dict({} if kind == KINDS[0] else {"kind": kind})
    return kind


def choose_filter(journal: Journal, language: Language) -> Filter:
    """Draw the fields and return what they say. An address that names a filter sets them first. Raises JournalError."""
    given = {field: st.query_params.get(field, "") for field in FIELDS}
    officers = [each.who for each in journal.search(Filter(), limit=0).by_who]
    once("journal", tuple(given.values()), lambda: _set(given, officers))
    first, second, third = st.columns(3)
    client = first.text_input(translate("journal.client", language), key=KEYS["client"], max_chars=20)
    who = second.selectbox(
        translate("journal.column_who", language),
        officers,
        index=None,
        key=KEYS["who"],
        placeholder=translate("journal.all", language),
    )
    outcome = third.selectbox(
        translate("journal.column_decision", language),
        list(Outcome),
        index=None,
        key=translated(KEYS["outcome"]),
        format_func=lambda each: translate(f"decision.{each}", language),
        placeholder=translate("journal.all", language),
    )
    first, second, third = st.columns(3, vertical_alignment="bottom")
    since = first.date_input(translate("journal.since", language), value=None, key=KEYS["since"], format="YYYY-MM-DD")
    until = second.date_input(translate("journal.until", language), value=None, key=KEYS["until"], format="YYYY-MM-DD")
    departing = third.toggle(translate("journal.departing", language), key=KEYS["departs"])
    contested = third.toggle(translate("contest.filter", language), key=KEYS["contest"])
    chosen = {
        "client": client.strip(),
        "who": who or "",
        "outcome": str(outcome or ""),
        "departs": "1" if departing else "",
        "contest": "open" if contested else "",
        "since": since.isoformat() if isinstance(since, date) else "",
        "until": until.isoformat() if isinstance(until, date) else "",
    }
    if chosen != given:
        others = {name: text for name, text in st.query_params.items() if name not in FIELDS}
        st.query_params.from_dict(others | {field: text for field, text in chosen.items() if text})
        once("journal", tuple(chosen.values()), lambda: None)
    return Filter(
        client=chosen["client"],
        who=chosen["who"],
        outcome=outcome,
        departs=True if departing else None,
        contested=contested,
        since=since if isinstance(since, date) else None,
        until=until if isinstance(until, date) else None,
    )


def _set(given: dict[str, str], officers: list[str]) -> None:
    """Put what the address says into the fields; what it says wrongly is left out."""
    set_widget(KEYS["client"], given["client"][:20])
    set_widget(KEYS["who"], given["who"] if given["who"] in officers else None)
    set_widget(KEYS["outcome"], Outcome(given["outcome"]) if given["outcome"] in set(Outcome) else None)
    set_widget(KEYS["departs"], given["departs"] == "1")
    set_widget(KEYS["contest"], given["contest"] == "open")
    for field in ("since", "until"):
        set_widget(KEYS[field], _day(given[field]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
