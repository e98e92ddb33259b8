"""A file of clients: choose → score → show, filtered, sorted, and worked through one by one."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import translate
from pages.components.auth import require
from pages.components.portfolio.outcome import show_notes, show_outcome
from pages.components.portfolio.upload import choose_portfolio
from pages.components.portfolio.welcome import show_welcome
from pages.components.session import session

require()
language = session().language
st.header(translate("portfolio.title", language), anchor=False)
job = choose_portfolio(language, show_notes=show_notes, show_start=show_welcome)
if job is not None:
    show_outcome(job, language)
