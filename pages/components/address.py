"""Choices that stand in the address, so that a reload and a shared link open them."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from pages.components.session import once, set_widget, widget


def follow_choice(parameter: str, key: str, options: Collection[str]) -> None:
    """Set a widget that is not drawn yet to what the address says, if the address has changed.

    parameter: of the query. key: the widget's. options: what it may say; all else is left out.
    """
    asked = st.query_params.get(parameter, "")
    if asked in options:
        once(parameter, asked, lambda: set_widget(key, asked))


def write_choice(parameter: str, key: str) -> None:
    """Write what was chosen into the address; called by the widget's change."""
    _write(parameter, widget(key))


def keep_choice(parameter: str, chosen: str, default: str) -> None:
    """Write what is on the screen into an address that has lost it, as after another screen."""
    if chosen != default and parameter not in st.query_params:
        _write(parameter, chosen)


def _write(parameter: str, chosen: str) -> None:
    st.query_params[parameter] = chosen
    once(parameter, chosen, lambda: None)
