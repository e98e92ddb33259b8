"""A file of clients: choose → score → show, sorted and downloadable."""

from __future__ import annotations

import streamlit as st

from core.language import say
from pages.components.portfolio_input import choose_portfolio
from pages.components.portfolio_parts import show_charts, show_outcome
from pages.components.portfolio_table import show_downloads, show_table
from pages.components.session import session
from pages.components.sign_in import require

require()
language = session().language
st.header(say("portfolio.title", language), anchor=False)
st.markdown(say("portfolio.intro", language))
run = choose_portfolio(language)
if run is not None:
    scored = show_outcome(run, language)
    if len(scored.results):
        show_downloads(scored, language)
        show_charts(scored, language)
        show_table(run, scored, language)
