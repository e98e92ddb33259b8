"""What the tabs of the model share: the switch between views, figures with intervals, tables under charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from core.dictionary.lookup import format_value
from core.i18n.translations import Language, translate
from core.model.outcomes import Attribute

SOURCE: Mapping[Attribute, str] = {
    "sex": "CODE_GENDER",
    "family_status": "NAME_FAMILY_STATUS",
    "contract_type": "NAME_CONTRACT_TYPE",
}
"""The columns whose words name the groups."""


def choose_view(
    key: str,
    views: Sequence[str],
    label: str,
    words: Callable[[str], str],
    *,
    on_change: Callable[[], None] | None = None,
) -> str:
    """Draw a switch between the views of a tab; returns the chosen one, which stays when the page is opened again."""
    chosen = st.segmented_control(
        label,
        list(views),
        default=views[0],
        required=True,
        key=key,
        persist_state="session",
        format_func=words,
        label_visibility="collapsed",
        width="stretch",
        on_change=on_change,
    )
    return str(chosen)


def show_table(rows: Sequence[Mapping[str, str]], language: Language, key: str) -> None:
    """Show the table behind a chart, folded."""
    with st.expander(translate("table.open", language), key=key):
        st.dataframe(pd.DataFrame(list(rows)), hide_index=True)


def show_rows(rows: Sequence[Mapping[str, str]]) -> None:
    """Show a small table, whole."""
    st.table(pd.DataFrame(list(rows)), hide_index=True)


def show_wide(rows: Sequence[Mapping[str, str]]) -> None:
    """Show a table of many columns, which scrolls within its own frame."""
    st.dataframe(pd.DataFrame(list(rows)), hide_index=True)


def group_name(attribute: Attribute, value: str, language: Language) -> str:
    """What a group is called."""
    if attribute in SOURCE:
        return format_value(SOURCE[attribute], value, language)
    if attribute == "age":
        return translate(f"age.{AGE_KEYS[value]}", language)
    if attribute == "histories":
        return translate(f"group.histories_{value}", language)
    return translate("group.rating", language, rating=value)


AGE_KEYS = {"age<30": "under_30", "30-39": "thirties", "40-49": "forties", "50-59": "fifties", "60+": "over_60"}
