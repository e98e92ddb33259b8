"""Raw data exactly as the API would get it: what was read, what the model uses, what it would answer."""

from __future__ import annotations

import streamlit as st

from core.language import say
from pages.components.raw_input import choose_rows
from pages.components.raw_report import show_alignment, show_api_answer, show_read, show_request
from pages.components.session import session

language = session().language
st.header(say("raw.title", language), anchor=False)
st.markdown(say("raw.intro", language))
sent = choose_rows(language)
if sent is not None:
    show_read(sent, language)
    show_alignment(sent, language)
    show_api_answer(sent, language)
    show_request(sent, language)
