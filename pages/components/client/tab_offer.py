"""The part "What would flip it": the map of loans around the one asked for, and the nearest offer in a sentence."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.i18n.translations import number, translate
from core.insights.population import seen
from core.what_if import sentences
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.loan_heatmap import loan_map
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile

WORTH_SAYING = 0.1


def show_offer(file: ClientFile) -> None:
    """The offer, the map and its table; a sentence where the file names no loan to start from."""
    language, settings = file.language, resources.settings()
    st.subheader(translate("offer.title", language), anchor=False)
    loans = resources.loans(resources.model().bundle.digest, dict(file.row), settings.review_band)
    if loans is None:
        st.info(translate("offer.not_known", language), icon=":material/info:")
        return
    for sentence in sentences.offer_sentences(loans, float(file.found.information[0]), language, settings.currency):
        st.markdown(sentence)
    if loans.habit >= WORTH_SAYING:
        st.warning(
            translate("offer.habit", language, points=number(loans.habit, language, 1)),
            icon=":material/psychology_alt:",
        )
    draw(loan_map(loans, language, palette()), "loan_map", translate("offer.alt", language))
    known = seen(resources.model().bundle.population, "PAYMENT_RATE") is not None
    st.caption(translate("offer.left_out" if known else "offer.left_out_unknown", language))
    if sentences.no_goods(file.row):
        st.caption(translate("offer.no_goods", language))
    st.caption(translate("offer.how", language))
    with st.expander(translate("table.open", language)):
        st.dataframe(pd.DataFrame(sentences.cell_rows(loans, language)), hide_index=True)
