"""Choosing a client: by id among the loaded ones, as you type, or from an uploaded file.

Ids never go to the browser but for the few that match. A client is put on the screen only after it could be
assessed; whatever goes wrong is said, and the client that was there stays.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.alignment import ID
from core.assessment import assess
from core.errors import ScoringError
from core.intake import read_upload
from core.language import Language, say
from pages.components import cached
from pages.components.messages import plain, show_error, show_problems
from pages.components.session import clear_widget, once, session, widget

SEARCH = "client_search"
MATCHES = "client_matches"
FILE = "client_file"
FROM_FILE = "client_from_file"


def choose_client(language: Language) -> dict[str, Any] | None:
    """The search box, the upload, and the row of the client that is on the screen; None before the first choice."""
    wanted = st.query_params.get("id")
    if wanted is not None:
        once("id", wanted, lambda: _open_loaded(wanted, language))
    search, upload = st.columns([3, 2], vertical_alignment="bottom")
    with search:
        _search(language)
    with upload, st.popover(say("picker.upload", language), icon=":material/upload_file:", width="stretch"):
        _upload(language)
    if session().uploaded:
        _from_file(language)
    return session().row


def open_client(client: str, language: Language) -> None:
    """Puts a loaded client on the screen and in the address."""
    if _open_loaded(client, language):
        st.query_params["id"] = client
        once("id", client, lambda: None)


def _open_loaded(client: str, language: Language) -> bool:
    try:
        row = cached.loaded_clients().row(client)
    except ScoringError as error:
        show_error(error, language)
        return False
    return _put_on_screen(row, synthetic=cached.loaded_clients().synthetic, language=language)


def _put_on_screen(row: dict[str, Any], *, synthetic: bool, language: Language) -> bool:
    try:
        assess(cached.model(), [row], review_band=cached.settings().review_band)
    except ScoringError as error:
        show_error(error, language)
        return False
    session().row, session().synthetic = row, synthetic
    return True


def _search(language: Language) -> None:
    typed = st.text_input(
        say("picker.search", language),
        key=SEARCH,
        live=True,
        max_chars=20,
        type="search",
        placeholder=say("picker.placeholder", language),
        icon=":material/search:",
    )
    if not (typed or "").strip():
        return
    found = cached.loaded_clients().search(typed)
    if not found:
        st.caption(say("picker.none", language))
        return
    if found == [typed.strip()]:
        once("typed", typed, lambda: open_client(found[0], language))
        return
    chosen = st.pills(say("picker.matches", language), found, key=MATCHES, label_visibility="collapsed")
    if chosen:
        clear = widget(MATCHES)
        once("pill", (typed, clear), lambda: open_client(str(chosen), language))


def _upload(language: Language) -> None:
    file = st.file_uploader(
        say("picker.file", language),
        key=FILE,
        max_upload_size=cached.settings().max_upload_mb,
        help=say("picker.file_help", language),
    )
    if file is not None:
        once("file", file.file_id, lambda: _read(file.getvalue(), file.name, language))


def _read(content: bytes, name: str, language: Language) -> None:
    limits = cached.settings()
    try:
        intake = read_upload(content, most_bytes=limits.max_upload_mb * 2**20, most_rows=limits.max_upload_rows)
        found = assess(cached.model(), intake.rows, review_band=limits.review_band, keep_good=True)
    except ScoringError as error:
        show_error(error, language)
        return
    if found.aligned.refused:
        show_problems(found.aligned.refused, found.aligned.refused_total, language)
    if not len(found):
        return
    good = [dict(intake.rows[row - 1]) for row in found.aligned.rows]  # type: ignore[call-overload]
    state = session()
    state.uploaded = {str(client): row for client, row in zip(found.aligned.ids, good, strict=True)}
    state.uploaded_name = name
    state.row, state.synthetic = good[0], False
    clear_widget(FROM_FILE)


def _from_file(language: Language) -> None:
    state = session()
    st.caption(say("picker.from_file", language, n=len(state.uploaded), name=plain(state.uploaded_name)))
    if len(state.uploaded) == 1:
        return
    typed = st.text_input(say("picker.in_file", language), key=FROM_FILE, live=True, max_chars=20, type="search")
    found = [client for client in state.uploaded if client.startswith((typed or "").strip())][:8]
    chosen = st.pills(say("picker.matches", language), found, key="file_matches", label_visibility="collapsed")
    if chosen:
        once(
            "file_pill",
            (typed, chosen),
            lambda: _put_on_screen(state.uploaded[chosen], synthetic=False, language=language),
        )


def client_id(row: dict[str, Any]) -> str:
    """The id as it is shown."""
    return str(row[ID]).strip().removesuffix(".0")
