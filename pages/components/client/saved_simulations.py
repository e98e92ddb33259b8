"""Simulations of one client, saved by name until the visit ends, and compared in a table."""

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
from pages.components.session import edits_of, saved_simulations_of, set_widget, widget

NAME, CHOSEN = "simulation_name", "simulation_chosen"
LONGEST_NAME, MAX_SAVED = 40, 12


def show_saved_simulations(file: ClientFile, put: Callable[[dict[str, Value]], None]) -> None:
    """Show the controls that save the current edits, and the table of saved simulations; `put` opens one of them."""
    language = file.language
    saved, edits = saved_simulations_of(file.client), edits_of(file.client)
    name, save = st.columns([3, 2], vertical_alignment="bottom")
    name.text_input(
        translate("simulation.name", language),
        key=NAME,
        max_chars=LONGEST_NAME,
        persist_state="session",
        placeholder=_free_name(saved, language),
    )
    save.button(
        translate("simulation.keep", language),
        icon=":material/bookmark_add:",
        width="stretch",
        disabled=not changes(file.row, edits) or len(saved) >= MAX_SAVED,
        on_click=_save,
        args=(file,),
    )
    if not saved:
        return
    st.markdown(f"**{translate('simulation.kept', language)}**")
    settings = resources.settings()
    rows = sentences.scenario_rows(
        resources.model(),
        file.row,
        saved,
        review_band=settings.review_band,
        language=language,
        currency=settings.currency,
    )
    st.table(pd.DataFrame([{title: plain(cell) for title, cell in row.items()} for row in rows]), hide_index=True)
    choice, open_column, delete_column = st.columns([3, 1, 1], vertical_alignment="bottom")
    chosen = choice.selectbox(translate("simulation.choose", language), list(saved), key=CHOSEN)
    open_column.button(
        translate("simulation.open", language),
        width="stretch",
        on_click=lambda: put(saved[chosen]),
        key="kept_open",
    )
    delete_column.button(
        translate("simulation.forget", language),
        width="stretch",
        on_click=_delete,
        args=(saved, chosen),
        key="kept_forget",
    )


def _save(file: ClientFile) -> None:
    """Save the current edits under the typed name, with a number if it is taken."""
    saved = saved_simulations_of(file.client)
    saved[_free_name(saved, file.language, (widget(NAME) or "").strip())] = dict(edits_of(file.client))
    set_widget(NAME, "")


def _delete(saved: dict[str, dict[str, Value]], name: str) -> None:
    saved.pop(name, None)


def _free_name(taken: Collection[str], language: Language, typed: str = "") -> str:
    """The typed name, with a number if it is taken, so that no saved simulation is overwritten."""
    if typed and typed not in taken:
        return typed
    names = (
        f"{typed} ({n})" if typed else translate("simulation.default_name", language, n=n)
        for n in count(2 if typed else len(taken) + 1)
    )
    return next(name for name in names if name not in taken)
