"""The state of one tab, and access to the contents of its visit; the only module that uses session_state.

Each tab has its own open client. Uploads, portfolio and simulations belong to the visit, which all tabs of a browser
share and which a reload does not end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

from core.alignment.client_id import ID
from core.batch.client_queue import Queue
from core.decisions.journal import Recorded
from core.errors import ScoringError
from core.i18n.translations import LANGUAGES, Language, choose_language, translate
from core.letters.letter import Basis
from core.readers.intake import Intake
from core.records import Assessments
from core.web.visit_cookie import VISIT
from pages.components import resources
from pages.components.visit_contents import Edits, VisitContents

KEY = "aval"
LANGUAGE = "lang"
"""Query parameter with the language that was chosen, so that a shared link opens in it."""
NO_COOKIE = f"{KEY}.visit"
"""Key of the contents of a visit without a cookie; they end with the tab."""


@dataclass
class Deciding:
    """A decision form that is open.

    token: written with the decision, so that a form is written once. seen: the client's last entry on the screen when
    it was opened. error: why it was not saved.
    """

    token: str
    seen: int
    error: ScoringError | None = None


@dataclass
class Writing:
    """A letter's form that is open.

    token: written with the letter, so that a form is written once. seen: the last letter on the refusal that was on the
    screen. basis: what the letter is written from. blocks: by language, its reasons as they were put into the text.
    by_hand: whether the own reason could not be put in, for the reasons had been changed. error: why it was not kept.
    """

    token: str
    seen: int
    basis: Basis
    blocks: dict[Language, str] = field(default_factory=dict)
    by_hand: bool = False
    error: ScoringError | None = None


@dataclass
class Session:
    """Language, open client, last error and raw data of one tab.

    chosen_language: the language was chosen by the visitor or by the address, so that the address keeps it.
    row, assessments: the client on the screen as sent, and its assessment, made once when it was chosen.
    loaded, from_file, queued: id of the open client if it is one of the loaded clients, of an uploaded file, or of the
    file of the portfolio.
    last_error: shown on the client screen until the next choice.
    raw: for the raw-data screen: the digest of the input, the rows read from it, and their assessments.
    queue, queue_page, ticked: of the portfolio: filter and order, page of the table, ids of the ticked clients.
    edits: the simulation on the screen, by client id.
    translated_keys: keys of the selection boxes whose options are translated.
    seen: by client id, the last of its decisions on the screen. deciding: the open forms, by their key.
    recorded: the decision that was saved last. writing, contesting: the open forms of letters and of contests, by the
    entry of their refusal. letter_kept: the refusal whose letter was kept last.
    left_widgets: by id, what Streamlit knew of the widgets that the last run of a page no longer drew.
    """

    language: Language
    chosen_language: bool = False
    row: dict[str, Any] | None = None
    assessments: Assessments | None = None
    synthetic: bool = False
    loaded: str = ""
    from_file: str = ""
    queued: str = ""
    last_error: ScoringError | None = None
    raw: tuple[str, Intake, Assessments] | None = None
    queue: Queue = field(default_factory=Queue)
    queue_page: int = 1
    ticked: list[str] = field(default_factory=list)
    edits: dict[int, Edits] = field(default_factory=dict)
    translated_keys: set[str] = field(default_factory=set)
    seen: dict[int, int] = field(default_factory=dict)
    deciding: dict[str, Deciding] = field(default_factory=dict)
    recorded: Recorded | None = None
    writing: dict[int, Writing] = field(default_factory=dict)
    contesting: dict[int, Deciding] = field(default_factory=dict)
    letter_kept: int = 0
    left_widgets: dict[str, Any] = field(default_factory=dict)

    def start_queue(self) -> None:
        """Begin with another portfolio: nothing filtered, nothing ticked."""
        self.queue, self.queue_page, self.ticked = Queue(), 1, []


def session() -> Session:
    """The session of this tab, created at the first call in the visit's language, or else in the browser's."""
    if KEY not in st.session_state:
        visit = resources.visits().find(visit_token())
        chosen = visit.language if visit is not None else None
        language = _language_of_address() or chosen
        st.session_state[KEY] = Session(
            language=language or choose_language(st.context.locale), chosen_language=language is not None
        )
    state: Session = st.session_state[KEY]
    return state


def visit_token() -> str:
    """The token of this tab's visit; "" if its browser has no cookie."""
    token = st.context.headers.get(VISIT)
    return token if isinstance(token, str) else ""


def visit_contents() -> VisitContents:
    """The contents of the visit, for a visitor with access. Contents of another signed-in person are deleted."""
    person = str(st.user.get("sub") or "") if resources.settings().sign_in else ""
    contents = resources.visits().contents(visit_token(), person)
    if contents is not None:
        return contents
    own: VisitContents = st.session_state.setdefault(NO_COOKIE, VisitContents())
    return own


def edits_of(client: int) -> Edits:
    """The simulation of a client on this tab; it begins as the last one of the visit."""
    edits = session().edits
    if client not in edits:
        edits[client] = dict(visit_contents().edits.get(client, {}))
    return edits[client]


def store_edits(client: int, edits: Edits) -> None:
    """Set the simulation of a client on this tab, and in the visit for tabs that open the client later."""
    session().edits[client] = edits
    visit_contents().edits[client] = dict(edits)


def saved_simulations_of(client: int) -> dict[str, Edits]:
    """The saved simulations of a client, by name."""
    return visit_contents().saved.setdefault(client, {})


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


def _language_of_address() -> Language | None:
    return next((each for each in LANGUAGES if each == st.query_params.get(LANGUAGE)), None)


def follow_language() -> Language:
    """The language of this run: the address's if that has changed; a chosen one is written into an address without."""
    state, asked = session(), _language_of_address()
    if asked is not None:
        once(LANGUAGE, asked, lambda: switch_language(asked) if asked != state.language else None)
    elif state.chosen_language:
        _write_language(state.language)
    return state.language


def _write_language(language: Language) -> None:
    st.query_params[LANGUAGE] = language
    once(LANGUAGE, language, lambda: None)


def switch_language(language: Language) -> None:
    """Switch the language. The browser stores a choice by its text, so every translated box is set again."""
    state, visit = session(), resources.visits().find(visit_token())
    state.language, state.chosen_language = language, True
    _write_language(language)
    if visit is not None:
        visit.language = language
    for key in state.translated_keys:
        if widget(key) is not None:
            set_widget(key, widget(key))


def once(key: str, new: object, act: Callable[[], None]) -> None:
    """Call `act` if the value differs from that of the last call with this key."""
    last = f"{KEY}.last.{key}"
    if st.session_state.get(last) != new:
        st.session_state[last] = new
        act()


def forget_left_widgets() -> None:
    """Forget the widgets that neither this run of a page nor the one before drew. For the end of a whole run.

    Streamlit keeps what it knows of a widget, with all that its callback needs, as long as the tab: each client that is
    opened would leave its file and its reasons. The run before counts, for a browser may still show what it drew, and
    somebody may just have clicked on it. Each time that a widget is drawn, by a part of the page too, it is known anew.
    """
    state, run = session(), cast(Any, get_script_run_ctx())
    known = run.session_state._state._new_widget_state.widget_metadata
    left = known.keys() - run.shared.widget_ids_this_run.snapshot()
    for each, as_known in state.left_widgets.items():
        if each in left and known.get(each) is as_known:
            known.pop(each, None)
    state.left_widgets = {each: as_known for each in left if (as_known := known.get(each)) is not None}


def is_gone(file: Any) -> bool:
    """Whether a field shows a file that Streamlit no longer has: its screen was left, and called back at once."""
    return isinstance(file, DeletedFile)
