"""A file of clients: choose → score → show, sorted and downloadable."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import translate
from pages.components.auth import require
from pages.components.portfolio.outcome import show_charts, show_outcome
from pages.components.portfolio.table import show_downloads, show_table
from pages.components.portfolio.upload import choose_portfolio
from pages.components.session import session

require()
language = session().language
st.header(translate("portfolio.title", language), anchor=False)
st.markdown(translate("portfolio.intro", language))
run = choose_portfolio(language)
if run is not None:
    scored = show_outcome(run, language)
    if len(scored.results):
        show_downloads(run, scored, language)
        show_charts(scored, language)
        show_table(run, scored, language)
