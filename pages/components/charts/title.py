"""A chart's title: what it shows, how it is made behind a question mark, and its table behind an icon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.i18n.translations import Language, translate


def show_title(
    title: str, key: str, rows: Sequence[Mapping[str, str]], language: Language, *, how: str = "", below: str = ""
) -> None:
    """Draw the title above a chart.

    Parameters
    ----------
    title: what the chart shows. key: of the table's button.
    rows: the chart's table, one mapping of heading to cell per row.
    how: the method, behind a question mark. below: a sentence under the table.
    """
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{title}**", help=how or None, width="content")
        with st.popover(translate("table.open", language), icon=":material/table:", type="tertiary", key=key):
            st.dataframe(pd.DataFrame(list(rows)), hide_index=True)
            if below:
                st.caption(below)
