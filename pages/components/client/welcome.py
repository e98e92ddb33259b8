"""The client screen before a client is chosen: three lines, and buttons that open an example."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, translate
from core.records import Verdict
from pages.components import resources
from pages.components.client.opening import open_loaded

ICONS = {
    Verdict.FAVOURABLE: ":material/check_circle:",
    Verdict.UNFAVOURABLE: ":material/cancel:",
    Verdict.TO_REVIEW: ":material/help:",
}


def show_welcome(language: Language) -> None:
    """Show the instructions, with a button for one loaded client of each verdict."""
    st.header(translate("welcome.title", language), anchor=False)
    st.markdown(translate("welcome.how", language))
    if resources.loaded_clients().synthetic:
        st.caption(translate("welcome.synthetic", language))
    examples = resources.examples()
    with st.container(horizontal=True):
        for verdict in Verdict:
            if verdict in examples:
                st.button(
                    translate(f"welcome.{verdict}", language, client=examples[verdict]),
                    icon=ICONS[verdict],
                    on_click=open_loaded,
                    args=(examples[verdict],),
                    key=f"example_{verdict}",
                )
