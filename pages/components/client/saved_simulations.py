"""Simulations of one client that are kept by name while the visit lasts, and compared."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count

import pandas as pd
import streamlit as st

from core.i18n.translations import Language, translate
from core.what_if import sentences
from core.what_if.simulation import Value, changes
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.messages import plain
from pages.components.session import session, set_widget, widget

NAME, CHOSEN = "simulation_name", "simulation_chosen"
LONGEST_NAME, MAX_KEPT = 40, 12


def show_saved_simulations(file: ClientFile, put: Callable[[dict[str, Value]], None]) -> None:
    """A name and a button to keep what is on the screen; a table of all that was kept; put opens one of them."""
    language = file.language
    state = session().of_client(file.client)
    name, keep = st.columns([3, 2], vertical_alignment="bottom")
    name.text_input(
        translate("simulation.name", language),
        key=NAME,
        max_chars=LONGEST_NAME,
        persist_state="session",
        placeholder=_free_name(state.kept, language),
    )
    keep.button(
        translate("simulation.keep", language),
        icon=":material/bookmark_add:",
        width="stretch",
        disabled=not changes(file.row, state.edits) or len(state.kept) >= MAX_KEPT,
        on_click=_keep,
        args=(file,),
    )
    if not state.kept:
        return
    st.markdown(f"**{translate('simulation.kept', language)}**")
    settings = resources.settings()
    rows = sentences.scenario_rows(
        resources.model(),
        file.row,
        state.kept,
        review_band=settings.review_band,
        language=language,
        currency=settings.currency,
    )
    st.table(pd.DataFrame([{title: plain(cell) for title, cell in row.items()} for row in rows]), hide_index=True)
    which, opens, forgets = st.columns([3, 1, 1], vertical_alignment="bottom")
    chosen = which.selectbox(translate("simulation.choose", language), list(state.kept), key=CHOSEN)
    opens.button(
        translate("simulation.open", language),
        width="stretch",
        on_click=lambda: put(state.kept[chosen]),
        key="kept_open",
    )
    forgets.button(
        translate("simulation.forget", language),
        width="stretch",
        on_click=_forget,
        args=(state.kept, chosen),
        key="kept_forget",
    )


def _keep(file: ClientFile) -> None:
    """What is on the screen under its name, or under the first that is free where that one is taken."""
    state = session().of_client(file.client)
    state.kept[_free_name(state.kept, file.language, (widget(NAME) or "").strip())] = dict(state.edits)
    set_widget(NAME, "")


def _forget(kept: dict[str, dict[str, Value]], name: str) -> None:
    kept.pop(name, None)


def _free_name(taken: Collection[str], language: Language, wanted: str = "") -> str:
    """The wanted name, or one with a number of its own; nothing that was kept is written over."""
    if wanted and wanted not in taken:
        return wanted
    names = (
        f"{wanted} ({n})" if wanted else translate("simulation.default_name", language, n=n)
        for n in count(2 if wanted else len(taken) + 1)
    )
    return next(name for name in names if name not in taken)
