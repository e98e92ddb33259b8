"""The parts of a client's file; only the open part is computed and drawn.

The same part stays open for the next client, after a change of language, and when the page is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.i18n.translations import translate
from pages.components.address import follow_choice, keep_choice, write_choice
from pages.components.auth import has_access
from pages.components.client.client_file import ClientFile

Part = tuple[str, Callable[[ClientFile], None]]
OPEN = "open_part"
PART = "part"
"""Query parameter with the open part, so that a reload and a shared link open it."""


@st.fragment
def show_tabs(file: ClientFile, parts: Sequence[Part]) -> None:
    """Show the switch and the chosen part. A change inside a part reruns this fragment, not the whole page."""
    if not has_access():
        st.rerun()
    shows = dict(parts)
    follow_choice(PART, OPEN, shows)
    chosen = st.segmented_control(
        translate("part.choose", file.language),
        list(shows),
        default=parts[0][0],
        required=True,
        key=OPEN,
        persist_state="session",
        format_func=lambda part: translate(f"part.{part}", file.language),
        label_visibility="collapsed",
        width="stretch",
        wrap=False,
        on_change=write_choice,
        args=(PART, OPEN),
    )
    keep_choice(PART, chosen, parts[0][0])
    with st.container(key="part"):
        shows[chosen](file)
