"""Chooses a client: a loaded one by its id, or one from an uploaded file.

Only the ids that match the typed text are sent to the browser. A client is shown only after it has been assessed; an
error is shown below the search until the next choice. A refused file leaves the open client; an id that is not there
shows nobody's file.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.batch.reading_notes import how_read
from core.batch.results import results_of
from core.batch.scorer import score_portfolio
from core.batch.summary import ClientsOfFile
from core.errors import InputRefused, ScoringError, UnknownClient
from core.i18n.translations import Language, translate
from core.readers.client_store import begin_with
from core.readers.intake import Intake
from core.scoring.assess import assess
from pages.components import resources
from pages.components.client.opening import SEARCH, follow_address, open_from_file, open_loaded
from pages.components.file_choices import choices_for, read_file, show_choices
from pages.components.messages import plain, show_error
from pages.components.session import is_gone, session, set_widget, visit_contents, visit_token, widget

MATCHES = "client_matches"
FILE, FILE_SEARCH, FILE_MATCHES = "client_file", "file_search", "file_matches"
PANEL = "upload_panel"
MAX_MATCHES = 8
PAUSE = "150ms"
"""Pause in typing before the search starts."""


def choose_client(language: Language) -> dict[str, Any] | None:
    """Draw search and upload; return the row of the open client, or None before the first choice."""
    state, visit = session(), visit_contents()
    follow_address()
    with st.container(key="choose", horizontal=True, vertical_alignment="center"):
        search, upload = st.container(), st.container(width="content")
    with search:
        typed = _search_box(translate("picker.search", language), SEARCH, language)
    clients = resources.loaded_clients()
    matches = clients.search(typed, MAX_MATCHES) if typed else []
    if typed and matches != [typed]:
        _matches(matches, MATCHES, clients.count(typed), language)
    label = translate("picker.upload", language)
    with upload, st.popover(label, icon=":material/upload_file:", key=PANEL, on_change="rerun"):
        st.file_uploader(
            translate("picker.file", language),
            key=FILE,
            max_upload_size=resources.settings().max_upload_mb,
            help=translate("picker.file_help", language),
            on_change=_read_file,
        )
    if visit.uploaded:
        _uploaded_clients(language)
    if state.last_error is not None:
        show_error(state.last_error, language)
        file = widget(FILE)
        if file is not None and not is_gone(file):
            show_choices(state.last_error, file.getvalue(), "picker", language, _read_file)
    # Whoever looks for a client that is not there sees no other client's file.
    is_absent = (typed and not matches) or isinstance(state.last_error, UnknownClient)
    return None if is_absent else state.row


def _search_box(label: str, key: str, language: Language) -> str:
    typed = st.text_input(
        label,
        key=key,
        live=PAUSE,
        max_chars=20,
        type="search",
        label_visibility="collapsed" if key == SEARCH else "visible",
        placeholder=translate("picker.placeholder", language),
        icon=":material/search:",
        on_change=_open_typed if key == SEARCH else None,
    )
    return (typed or "").strip()


def _matches(matches: list[str], key: str, n: int, language: Language) -> None:
    """Offer these ids. n: how many there are, the ones that are not shown included."""
    if not matches:
        st.caption(translate("picker.none", language))
        return
    if n == 1:
        st.button(
            translate("picker.open", language, client=matches[0]),
            key=f"{key}_only",
            icon=":material/person:",
            shortcut="Ctrl+Enter",
            on_click=_open_only_match,
            args=(key, matches[0]),
        )
        return
    st.pills(
        translate("picker.matches", language),
        matches,
        key=key,
        label_visibility="collapsed",
        on_change=_open_picked if key == MATCHES else _open_picked_from_file,
    )
    if n > len(matches):
        st.caption(translate("picker.more", language, n=n - len(matches)))


def _uploaded_clients(language: Language) -> None:
    visit = visit_contents()
    st.caption(translate("picker.from_file", language, n=len(visit.uploaded), name=plain(visit.uploaded_name)))
    if isinstance(visit.uploaded, ClientsOfFile):
        st.caption(translate("picker.read_as", language, how=plain(how_read(visit.uploaded.how, language))))
        if markers := visit.uploaded.missing_markers:
            st.caption(translate("read.markers", language, n=markers))
    if len(visit.uploaded) > 1:
        typed = _search_box(translate("picker.in_file", language), FILE_SEARCH, language)
        n = sum(client.startswith(typed) for client in visit.uploaded)
        _matches(begin_with(visit.uploaded, typed, MAX_MATCHES), FILE_MATCHES, n, language)


def _open_typed() -> None:
    typed = (widget(SEARCH) or "").strip()
    if typed and resources.loaded_clients().search(typed, 2) == [typed]:
        open_loaded(typed)


def _open_only_match(key: str, client: str) -> None:
    if key == MATCHES:
        open_loaded(client)
    elif client in visit_contents().uploaded:
        open_from_file(client)


def _open_picked() -> None:
    client = widget(MATCHES)
    if client:
        open_loaded(client)


def _open_picked_from_file() -> None:
    client = widget(FILE_MATCHES)
    if client in visit_contents().uploaded:
        open_from_file(client)


def _open_only_client(intake: Intake, name: str) -> None:
    """Open the only client of a file. Raises InputRefused if it cannot be assessed."""
    model, band = resources.model(), resources.settings().review_band
    try:
        assessments = assess(model, intake.all_rows(), review_band=band)
    except InputRefused as error:
        raise InputRefused(intake.numbered(error.problems), error.total) from None
    visit = visit_contents()
    markers = assessments.aligned.missing_markers
    visit.uploaded = ClientsOfFile(intake, results_of(model, assessments, 0), missing_markers=markers)
    visit.uploaded_name = name
    open_from_file(str(assessments.aligned.ids[0]), assessments)
    session().last_error = None


def _read_file() -> None:
    file = widget(FILE)
    state, visit, limits = session(), visit_contents(), resources.settings()
    if is_gone(file):
        return
    if file is None:
        visit.uploaded, state.last_error = {}, None
        return
    try:
        content = file.getvalue()
        intake = read_file(
            content,
            max_bytes=limits.max_upload_mb * 2**20,
            max_rows=limits.max_upload_rows,
            choices=choices_for(content),
            visitor=visit_token(),
        )
        if intake.n_rows == 1:
            _open_only_client(intake, file.name)
            set_widget(PANEL, False)
            return
        portfolio = score_portfolio(resources.model(), intake, review_band=limits.review_band, reasons=False)
    except ScoringError as error:
        state.last_error = error
        return
    if len(portfolio.results):
        markers = portfolio.notes.missing_markers
        visit.uploaded = ClientsOfFile(intake, portfolio.results, missing_markers=markers)
        visit.uploaded_name = file.name
        open_from_file(str(portfolio.results.ids[0]))
        set_widget(PANEL, False)
    state.last_error = InputRefused(intake.numbered(portfolio.problems)) if portfolio.problems else None
