"""The part "Compared": this client among those the model was trained on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.language import say
from core.population import solvency_density
from pages.components import cached, figures
from pages.components.client_file import ClientFile
from pages.components.palette import palette


def show_compared(file: ClientFile) -> None:
    """Where clients are along the solvency, with the line and this client."""
    language = file.language
    density = solvency_density(cached.model().bundle.population)
    if density is None:
        return
    st.subheader(say("strip.title", language), anchor=False)
    figures.draw(figures.strip(file.decision, density, language, palette()), "strip", say("strip.alt", language))
    with st.expander(say("table.open", language)):
        st.dataframe(pd.DataFrame(wording.density_rows(density, language)), hide_index=True)
