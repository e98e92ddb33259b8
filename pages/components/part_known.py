"""The part "How much is known": what the file holds of what the model works with, and what was done about the rest."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import wording
from core.language import percent, say
from core.records import State
from pages.components import cached
from pages.components.client_file import ClientFile
from pages.components.messages import plain

CODES, LISTED = 60, 40


def show_known(file: ClientFile) -> None:
    """What was assumed, derived, missing, never seen or ignored, and the history that this model does not use."""
    language, unknown = file.language, file.found.aligned.unknown
    st.subheader(say("report.title", language), anchor=False)
    st.markdown(say("report.information", language, share=percent(float(file.found.information[0]), language)))
    if file.explanation is None:
        return
    for state in (State.ASSUMED, State.UNSEEN, State.DERIVED, State.MISSING):
        names = wording.columns_in_state(file.explanation, state, language)
        if names:
            _list(
                say(f"report.{state.name.lower()}", language, n=len(names)),
                names,
                opened=state is State.UNSEEN,
            )
    left_out = wording.left_out(unknown, cached.model().bundle, language)
    if left_out:
        st.markdown(say("report.left_out", language, names=", ".join(left_out)))
    if wording.history_ignored(unknown):
        st.info(say("report.history", language, n=wording.history_ignored(unknown)), icon=":material/history:")
    if unknown:
        _list(say("report.ignored", language, n=len(unknown)), [plain(name[:CODES]) for name in unknown[:LISTED]])


def _list(title: str, names: Sequence[str], *, opened: bool = False) -> None:
    with st.expander(title, expanded=opened):
        st.markdown(", ".join(names))
