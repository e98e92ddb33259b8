"""What one visitor has chosen; the only home of session_state. Everything lives under one key, as plain data."""

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
    """Edits of one client's file, by column in the units people use: those on the screen, and the kept by name."""

    edits: dict[str, float | str] = field(default_factory=dict)
    kept: dict[str, dict[str, float | str]] = field(default_factory=dict)


@dataclass
class Session:
    """Language, the client on the screen, the clients of a file, what went wrong last, raw data, the portfolio.

    row, found: the client on the screen as sent, and its assessment, made once when it was chosen.
    loaded: the id of the client on the screen where it is a loaded one.
    raw: digest of what was pasted or uploaded on the raw-data screen, and what was read and found in it.
    run: the portfolio that is being scored, or was last; visits: how often a client was opened from it.
    simulations: by client, what is being tried and what was kept. worded: keys of the boxes to choose from.
    choices: by digest of a file, what was said about what it leaves open.
    """

    language: Language
    row: dict[str, Any] | None = None
    found: Assessments | None = None
    synthetic: bool = False
    loaded: str = ""
    uploaded: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    uploaded_name: str = ""
    complaint: ScoringError | None = None
    raw: tuple[str, Intake, Assessments] | None = None
    run: ScoringJob | None = None
    visits: int = 0
    simulations: dict[int, Simulations] = field(default_factory=dict)
    worded: set[str] = field(default_factory=set)
    choices: dict[str, ReadChoices] = field(default_factory=dict)

    def of_client(self, client: int) -> Simulations:
        """What was tried and kept for a client."""
        return self.simulations.setdefault(client, Simulations())


def session() -> Session:
    """This visitor's session, made at the first visit in the browser's language."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session(language=choose_language(st.context.locale))
    found: Session = st.session_state[KEY]
    return found


def tab_title(screen: str, *, on_client: bool) -> str:
    """What the browser's tab says: the screen, or on the client screen whose file is open."""
    row = session().row
    return (
        translate("client.title", session().language, client=str(row[ID]).strip().removesuffix(".0"))
        if on_client and row
        else screen
    )


def widget(key: str) -> Any:
    """What a widget with this key holds just now."""
    return st.session_state.get(key)


def set_widget(key: str, value: Any) -> None:
    """Gives a widget a value before it is drawn again."""
    st.session_state[key] = value


def worded(key: str) -> str:
    """The key of a box to choose from, whose options are words of a language."""
    session().worded.add(key)
    return key


def speak(language: Language) -> None:
    """Another language from now on. The browser knows a choice by its words, so every box is told its choice again."""
    state = session()
    state.language = language
    for key in state.worded:
        if widget(key) is not None:
            set_widget(key, widget(key))


def once(key: str, new: object, act: Callable[[], None]) -> None:
    """Acts when a value differs from the last one seen under this key."""
    seen = f"{KEY}.seen.{key}"
    if st.session_state.get(seen) != new:
        st.session_state[seen] = new
        act()
