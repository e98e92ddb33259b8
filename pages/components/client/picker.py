"""Chooses a client: a loaded one by its id, or one from an uploaded file.

Only the ids that match the typed text are sent to the browser. A client is shown only after it has been assessed; an
error is shown below the search until the next choice, and the open client stays open.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.batch.reading_notes import how_read
from core.batch.results import results_of
from core.batch.scorer import score_portfolio
from core.batch.summary import ClientsOfFile
from core.errors import InputRefused, Problem, ScoringError
from core.i18n.translations import Language, translate
from core.readers.client_store import begin_with
from core.readers.intake import Intake
from core.records import Assessments
from core.scoring.assess import assess
from pages.components import resources
from pages.components.file_choices import choices_for, read_file, show_choices
from pages.components.messages import plain, show_error
from pages.components.session import once, session, set_widget, visit_contents, visit_token, widget

SEARCH, MATCHES = "client_search", "client_matches"
FILE, FILE_SEARCH, FILE_MATCHES = "client_file", "file_search", "file_matches"
MAX_MATCHES = 8
IN_LOADED, IN_FILE = "id", "uploaded"
"""Query parameters with the id of the open client: one of the loaded clients, or one of the visit's file."""
PAUSE = "150ms"
"""Pause in typing before the search starts."""


def choose_client(language: Language) -> dict[str, Any] | None:
    """Draw search and upload; return the row of the open client, or None before the first choice."""
    state, visit = session(), visit_contents()
    _follow_address()
    with st.container(key="choose", horizontal=True, vertical_alignment="center"):
        search, upload = st.container(), st.container(width="content")
    with search:
        typed = _search_box(translate("picker.search", language), SEARCH, language)
    matches = resources.loaded_clients().search(typed, MAX_MATCHES) if typed else []
    if typed and matches != [typed]:
        _matches(matches, MATCHES, language)
    with upload, st.popover(translate("picker.upload", language), icon=":material/upload_file:"):
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
        if file is not None:
            show_choices(state.last_error, file.getvalue(), "picker", language, _read_file)
    return state.row


def _follow_address() -> None:
    """Open the client of the address if it has changed; without one there, write the open client into the address."""
    state = session()
    loaded, from_file = st.query_params.get(IN_LOADED, ""), st.query_params.get(IN_FILE, "")
    if loaded.strip():
        once(IN_LOADED, loaded, lambda: _open_from_address(loaded))
    elif from_file.strip():
        once(IN_FILE, from_file, lambda: _open_from_file_address(from_file.strip()))
    elif state.loaded:
        st.query_params[IN_LOADED] = state.loaded
    elif state.from_file:
        st.query_params[IN_FILE] = state.from_file


def _set_address(parameter: str, client: str) -> None:
    other = IN_FILE if parameter == IN_LOADED else IN_LOADED
    st.query_params.pop(other, None)
    st.query_params[parameter] = client
    once(parameter, client, lambda: None)
    once(other, None, lambda: None)


def open_loaded(client: str) -> None:
    """Open a loaded client and set the address's id; an error is stored in the session and shown later."""
    clients = resources.loaded_clients()
    try:
        _put_on_screen(clients.row(client), synthetic=clients.synthetic)
    except ScoringError as error:
        session().last_error = error
        return
    state = session()
    state.loaded, state.last_error = client, None
    _set_address(IN_LOADED, client)


def open_client(client: str, *, uploaded: bool) -> None:
    """Switch to the client screen with this uploaded or loaded client."""
    if not uploaded:
        st.switch_page("client.py", query_params={IN_LOADED: client})
    _put_on_screen_from_file(client)
    session().last_error = None
    st.switch_page("client.py", query_params={IN_FILE: client})


def _open_from_address(client: str) -> None:
    """Open the client in the address; clears the search, which could show another client."""
    set_widget(SEARCH, "")
    open_loaded(client)


def _open_from_file_address(client: str) -> None:
    """Open the uploaded client of the address, as after a reload; an error is stored if the file is gone."""
    try:
        if client not in visit_contents().uploaded:
            raise InputRefused([Problem("upload_gone", facts={"client": client})])
        _put_on_screen_from_file(client)
    except ScoringError as error:
        session().last_error = error


def _put_on_screen(row: dict[str, Any], *, synthetic: bool, assessments: Assessments | None = None) -> None:
    """Make a client the open one. Raises InputRefused if it cannot be assessed.

    assessments: its assessment, if it exists already.
    """
    if assessments is None:
        assessments = assess(resources.model(), [row], review_band=resources.settings().review_band)
    state = session()
    state.row, state.assessments, state.synthetic = row, assessments, synthetic
    state.loaded, state.from_file = "", ""


def _put_on_screen_from_file(client: str, assessments: Assessments | None = None) -> None:
    """Open an uploaded client and set the address; clears the search, which could show another client.

    Raises InputRefused if the client cannot be assessed.
    """
    _put_on_screen(visit_contents().uploaded[client], synthetic=False, assessments=assessments)
    session().from_file = client
    set_widget(SEARCH, "")
    _set_address(IN_FILE, client)


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


def _matches(matches: list[str], key: str, language: Language) -> None:
    if not matches:
        st.caption(translate("picker.none", language))
        return
    st.pills(
        translate("picker.matches", language),
        matches,
        key=key,
        label_visibility="collapsed",
        on_change=_open_picked if key == MATCHES else _open_picked_from_file,
    )


def _uploaded_clients(language: Language) -> None:
    visit = visit_contents()
    st.caption(translate("picker.from_file", language, n=len(visit.uploaded), name=plain(visit.uploaded_name)))
    if isinstance(visit.uploaded, ClientsOfFile):
        st.caption(translate("picker.read_as", language, how=plain(how_read(visit.uploaded.how, language))))
        if markers := visit.uploaded.missing_markers:
            st.caption(translate("read.markers", language, n=markers))
    if len(visit.uploaded) > 1:
        typed = _search_box(translate("picker.in_file", language), FILE_SEARCH, language)
        _matches(begin_with(visit.uploaded, typed, MAX_MATCHES), FILE_MATCHES, language)


def _open_typed() -> None:
    typed = (widget(SEARCH) or "").strip()
    if typed and resources.loaded_clients().search(typed, 2) == [typed]:
        open_loaded(typed)


def _open_picked() -> None:
    client = widget(MATCHES)
    if client:
        open_loaded(client)


def _open_picked_from_file() -> None:
    client = widget(FILE_MATCHES)
    if client in visit_contents().uploaded:
        _put_on_screen_from_file(client)


def _open_only_client(intake: Intake, name: str) -> None:
    """Open the only client of a file. Raises InputRefused if it cannot be assessed."""
    model, band = resources.model(), resources.settings().review_band
    assessments = assess(model, intake.all_rows(), review_band=band)
    visit = visit_contents()
    markers = assessments.aligned.missing_markers
    visit.uploaded = ClientsOfFile(intake, results_of(model, assessments, 0), missing_markers=markers)
    visit.uploaded_name = name
    _put_on_screen_from_file(str(assessments.aligned.ids[0]), assessments)
    session().last_error = None


def _read_file() -> None:
    file = widget(FILE)
    state, visit, limits = session(), visit_contents(), resources.settings()
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
            return
        portfolio = score_portfolio(resources.model(), intake, review_band=limits.review_band, reasons=False)
    except ScoringError as error:
        state.last_error = error
        return
    if len(portfolio.results):
        markers = portfolio.notes.missing_markers
        visit.uploaded = ClientsOfFile(intake, portfolio.results, missing_markers=markers)
        visit.uploaded_name = file.name
        _put_on_screen_from_file(str(portfolio.results.ids[0]))
    state.last_error = InputRefused(portfolio.problems) if portfolio.problems else None
