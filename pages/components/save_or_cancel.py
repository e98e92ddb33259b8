"""The row that ends a form of the journal: save, or leave everything as it was."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.i18n.translations import Language, translate


def show_save_or_cancel(
    save: str, language: Language, *, keys: tuple[str, str], cancel: Callable[..., None], args: tuple[object, ...]
) -> bool:
    """Show both buttons side by side; returns whether the one that saves was pressed.

    save: its label. keys: of the buttons. cancel: called with args where the other one is pressed.
    """
    left, right = st.columns(2)
    saved = left.button(save, key=keys[0], type="primary", icon=":material/save:", width="stretch")
    back = translate("decision.cancel", language)
    right.button(back, key=keys[1], width="stretch", on_click=cancel, args=args)
    return saved
