"""The part "What would flip it": the map of loans around the one asked for, and the nearest offer in a sentence."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import phrases
from core.language import number, say
from core.population import seen
from pages.components import cached, figures
from pages.components.client_file import ClientFile
from pages.components.figures_loans import loan_map
from pages.components.palette import palette

WORTH_SAYING = 0.1


def show_offer(file: ClientFile) -> None:
    """The offer, the map and its table; a sentence where the file names no loan to start from."""
    language, settings = file.language, cached.settings()
    st.subheader(say("offer.title", language), anchor=False)
    loans = cached.loans(cached.model().bundle.digest, dict(file.row), settings.review_band)
    if loans is None:
        st.info(say("offer.not_known", language), icon=":material/info:")
        return
    for sentence in phrases.offer_sentences(loans, float(file.found.information[0]), language, settings.currency):
        st.markdown(sentence)
    if loans.habit >= WORTH_SAYING:
        st.warning(
            say("offer.habit", language, points=number(loans.habit, language, 1)), icon=":material/psychology_alt:"
        )
    figures.draw(loan_map(loans, language, palette()), "loan_map", say("offer.alt", language))
    known = seen(cached.model().bundle.population, "PAYMENT_RATE") is not None
    st.caption(say("offer.left_out" if known else "offer.left_out_unknown", language))
    if phrases.no_goods(file.row):
        st.caption(say("offer.no_goods", language))
    st.caption(say("offer.how", language))
    with st.expander(say("table.open", language)):
        st.dataframe(pd.DataFrame(phrases.cell_rows(loans, language)), hide_index=True)
