"""The input of the raw-data screen: pasted text or an uploaded file."""

from __future__ import annotations

import hashlib
import json

import streamlit as st

from core.errors import InputRefused, ScoringError
from core.i18n.translations import Language, translate
from core.readers.intake import Intake
from core.records import Assessments
from core.scoring.assess import assess
from pages.components import resources
from pages.components.file_choices import choices_for, read_file, show_choices
from pages.components.messages import plain, show_error
from pages.components.session import is_gone, session, set_widget, visit_contents, visit_token, widget

METHOD = "raw_way"
PASTED = "raw_pasted"
FILE = "raw_file"
METHODS = ("paste", "upload")
MAX_CHARACTERS = 500_000
"""Most characters of pasted text; they fit into one WebSocket message with all other inputs."""


def choose_rows(language: Language) -> tuple[Intake, Assessments] | None:
    """Draw the input; returns the rows read from it and their assessments, None without a readable input.

    The limits are those of the routes, so that the screen gives the same answer.
    """
    raw = visit_contents().raw
    raw.method = st.segmented_control(
        translate("raw.way", language),
        METHODS,
        default=raw.method,
        required=True,
        key=METHOD,
        persist_state="session",
        format_func=lambda each: translate(f"raw.{each}", language),
        label_visibility="collapsed",
    )
    content = _uploaded(language) if raw.method == "upload" else _pasted(language)
    if not content.strip():
        return None
    choices = choices_for(content)
    digest = hashlib.sha256(content + repr(choices).encode()).hexdigest()
    state, limits = session(), resources.settings()
    if state.raw is None or state.raw[0] != digest:
        try:
            max_bytes = limits.max_body_mb * 2**20
            sent = read_file(
                content,
                max_bytes=max_bytes,
                max_rows=limits.max_rows,
                choices=choices,
                visitor=visit_token(),
                exact_json=True,
            )
        except ScoringError as error:
            show_error(error, language)
            show_choices(error, content, "raw", language, lambda: None)
            return None
        try:
            assessments = assess(resources.model(), sent.all_rows(), review_band=limits.review_band, keep_good=True)
        except InputRefused as error:
            show_error(error, language)
            return None
        state.raw = (digest, sent, assessments)
    return state.raw[1:]


def _pasted(language: Language) -> bytes:
    """The pasted text; a new tab begins with the last text of the visit."""
    raw = visit_contents().raw
    if widget(PASTED) is None and raw.text:
        set_widget(PASTED, raw.text)
    text = st.text_area(
        translate("raw.text", language, most=MAX_CHARACTERS),
        height=200,
        max_chars=MAX_CHARACTERS,
        key=PASTED,
        persist_state="session",
        placeholder='{"data": [{"SK_ID_CURR": 900001, "AMT_CREDIT": 500000.0, "EXT_SOURCE_1": NaN, …}]}',
    )
    read, example = st.columns(2)
    read.button(translate("raw.read", language), type="primary", icon=":material/play_arrow:", width="stretch")
    example.button(translate("raw.example", language), on_click=_example, icon=":material/science:", width="stretch")
    raw.text = text or ""
    return raw.text.encode("utf-8", errors="replace")


def _uploaded(language: Language) -> bytes:
    """The last file that was uploaded in this visit, also after a reload and on another tab."""
    raw = visit_contents().raw
    file = st.file_uploader(
        translate("raw.file", language),
        key=FILE,
        max_upload_size=resources.settings().max_upload_mb,
        on_change=_store_file,
    )
    if file is None and raw.file:
        st.caption(translate("raw.from_before", language, name=plain(raw.file_name)))
    return raw.file


def _store_file() -> None:
    file, raw = widget(FILE), visit_contents().raw
    if is_gone(file):
        return
    raw.file, raw.file_name = (file.getvalue(), file.name) if file is not None else (b"", "")


def _example() -> None:
    clients = resources.loaded_clients()
    row = clients.row(clients.search("", most=1)[0])
    set_widget(PASTED, json.dumps({"data": [row]}, ensure_ascii=False, default=str))
