"""The state of one visit; the only module that uses session_state. It is one record of plain data under one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.alignment.client_id import ID
from core.batch.background import ScoringJob
from core.errors import ScoringError
from core.i18n.translations import Language, choose_language, translate
from core.readers.intake import Intake
from core.readers.upload import ReadChoices
from core.records import Assessments

KEY = "aval"


@dataclass
class Simulations:
    """Edits of one client's file by column, in display units: those on the screen, and the saved ones by name."""

    edits: dict[str, float | str] = field(default_factory=dict)
    saved: dict[str, dict[str, float | str]] = field(default_factory=dict)


@dataclass
class Session:
    """Language, open client, uploaded clients, last error, raw data and portfolio of one visitor.

    row, assessments: the client on the screen as sent, and its assessment, made once when it was chosen.
    loaded: id of the open client if it is one of the loaded clients.
    last_error: shown on the client screen until the next choice.
    raw: for the raw-data screen: the digest of the input, the rows read from it, and their assessments.
    job: the current or the last scoring of a portfolio. visits: number of clients opened from it.
    simulations: by client id. translated_keys: keys of the selection boxes whose options are translated.
    choices: by digest of a file, the visitor's choices for an ambiguous content.
    """

    language: Language
    row: dict[str, Any] | None = None
    assessments: Assessments | None = None
    synthetic: bool = False
    loaded: str = ""
    uploaded: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    uploaded_name: str = ""
    last_error: ScoringError | None = None
    raw: tuple[str, Intake, Assessments] | None = None
    job: ScoringJob | None = None
    visits: int = 0
    simulations: dict[int, Simulations] = field(default_factory=dict)
    translated_keys: set[str] = field(default_factory=set)
    choices: dict[str, ReadChoices] = field(default_factory=dict)

    def of_client(self, client: int) -> Simulations:
        """The simulations of a client, by its id."""
        return self.simulations.setdefault(client, Simulations())


def session() -> Session:
    """The session of this visitor, created at the first call in the browser's language."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session(language=choose_language(st.context.locale))
    state: Session = st.session_state[KEY]
    return state


def tab_title(screen: str, *, on_client: bool) -> str:
    """The title of the browser's tab: the screen, or on the client screen the open client."""
    row = session().row
    return (
        translate("client.title", session().language, client=str(row[ID]).strip().removesuffix(".0"))
        if on_client and row
        else screen
    )


def widget(key: str) -> Any:
    """The current value of the widget with this key."""
    return st.session_state.get(key)


def set_widget(key: str, value: Any) -> None:
    """Set the value of a widget before it is drawn again."""
    st.session_state[key] = value


def translated(key: str) -> str:
    """Register the key of a selection box whose options are translated, and return it."""
    session().translated_keys.add(key)
    return key


def switch_language(language: Language) -> None:
    """Switch the language. The browser stores a choice by its text, so every translated box is set again."""
    state = session()
    state.language = language
    for key in state.translated_keys:
        if widget(key) is not None:
            set_widget(key, widget(key))


def once(key: str, new: object, act: Callable[[], None]) -> None:
    """Call `act` if the value differs from that of the last call with this key."""
    last = f"{KEY}.last.{key}"
    if st.session_state.get(last) != new:
        st.session_state[last] = new
        act()
