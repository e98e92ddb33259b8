"""The contests of a refusal: what the client says, and the decision that answers."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime

import streamlit as st

from core.decisions.draft import decode_input
from core.decisions.entry import Entry
from core.decisions.letters import Contest, ContestDraft, add_contest, contests_of
from core.errors import InputRefused, JournalError
from core.i18n.translations import Language, day, translate
from pages.components.client.client_file import open_file
from pages.components.client.decide import show_decide
from pages.components.journal.access import officer, visit_journal
from pages.components.messages import plain, show_not_saved
from pages.components.save_or_cancel import show_save_or_cancel
from pages.components.session import Deciding, session, widget


def show_contests(entry: Entry, language: Language, *, answering: bool) -> None:
    """Show the contests of a refusal, and record another one where none waits for its answer. Raises JournalError.

    answering: offer to answer here, on the client's stored input.
    """
    contests = contests_of(visit_journal(), entry.body.sequence)
    for contest in contests:
        _show_contest(entry, contest, language, answering=answering)
    if any(each.answer is None for each in contests) or not entry.client:
        return
    sequence = entry.body.sequence
    contesting = session().contesting.get(sequence)
    if contesting is None:
        st.button(
            translate("contest.begin", language),
            key=f"contest_{sequence}",
            icon=":material/feedback:",
            on_click=_begin,
            args=(sequence,),
        )
        return
    with st.container(border=True, key=f"contesting_{sequence}"):
        _show_form(entry, contesting, language)


def _show_contest(entry: Entry, contest: Contest, language: Language, *, answering: bool) -> None:
    line = translate("contest.line", language, day=plain(day(contest.came_on, language)), who=plain(contest.body.who))
    st.markdown(f":material/feedback: {line}")
    if contest.words:
        st.text(contest.words)
    if contest.answer is not None:
        st.caption(translate("contest.answered_by", language, entry=str(contest.answer)))
        return
    days = (datetime.now(UTC).date() - contest.came_on).days
    waits = translate("contest.waits", language, n=days) if days else translate("contest.waits_today", language)
    st.badge(waits, icon=":material/hourglass_top:", color="orange")
    if not answering or "input" not in entry.parts:
        return
    who = officer()
    if who.name and who.name == entry.body.who:
        st.caption(translate("contest.same", language))
    try:
        file = open_file(decode_input(entry.parts["input"]), synthetic=entry.body.synthetic, language=language)
    except InputRefused as error:
        show_not_saved(error, language)
        return
    if show_decide(file, f"contest_{contest.body.sequence}", answers=contest.body.sequence):
        st.rerun()


def _show_form(entry: Entry, contesting: Deciding, language: Language) -> None:
    sequence, token = entry.body.sequence, contesting.token
    st.markdown(f"**{translate('contest.title', language)}**")
    st.text_area(translate("contest.words", language), key=f"says_{token}", persist_state="session")
    st.date_input(
        translate("contest.came_on", language),
        value=datetime.now(UTC).date(),
        key=f"came_{token}",
        format="YYYY-MM-DD",
        persist_state="session",
    )
    who = officer()
    if not who.identified:
        st.text_input(translate("contest.who", language), value=who.name, key=f"who_{token}", persist_state="session")
    if contesting.error is not None:
        show_not_saved(contesting.error, language)
    keys = (f"save_contest_{sequence}", f"leave_contest_{sequence}")
    if show_save_or_cancel(translate("contest.save", language), language, keys=keys, cancel=_leave, args=(sequence,)):
        _save(entry, contesting)
        st.rerun()


def _save(entry: Entry, contesting: Deciding) -> None:
    """Write the contest; else say why not, with everything as it was typed."""
    token, who = contesting.token, officer()
    came_on = widget(f"came_{token}")
    draft = ContestDraft(
        refusal=entry,
        words=widget(f"says_{token}") or "",
        came_on=came_on if isinstance(came_on, date) else datetime.now(UTC).date(),
        who=who.name if who.identified else widget(f"who_{token}") or "",
        identified=who.identified,
        token=token,
    )
    try:
        add_contest(visit_journal(), draft)
    except (InputRefused, JournalError) as error:
        contesting.error = error
        return
    session().contesting.pop(entry.body.sequence, None)


def _begin(sequence: int) -> None:
    session().contesting[sequence] = Deciding(token=secrets.token_hex(16), seen=0)


def _leave(sequence: int) -> None:
    session().contesting.pop(sequence, None)
