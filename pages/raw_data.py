"""Raw data exactly as the API would get it: what was read, what the model uses, what it would answer."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import translate
from pages.components.auth import require
from pages.components.raw_data.input import choose_rows
from pages.components.raw_data.report import show_alignment, show_api_answer, show_read, show_request
from pages.components.session import session

require()
language = session().language
st.header(translate("raw.title", language), anchor=False)
st.markdown(translate("raw.intro", language))
chosen = choose_rows(language)
if chosen is not None:
    sent, found = chosen
    show_read(sent, language)
    show_alignment(sent, found, language)
    show_api_answer(found, language)
    show_request(sent, language)
