"""The part "What would flip it": the nearest loan that may be advised, and the map around the requested loan."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.decisions.draft import loan_of
from core.decisions.entry import LoanOrigin
from core.i18n.translations import translate
from core.insights.population import central_range
from core.what_if import sentences
from core.what_if.loan_offer import loan_row
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.loan_heatmap import loan_map
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import Proposal, show_decide


def show_offer(file: ClientFile) -> None:
    """Show the offer, the map and its table; a sentence if the file has no amount or instalment."""
    language, settings = file.language, resources.settings()
    st.subheader(translate("offer.title", language), anchor=False)
    loans = resources.loans(resources.model().bundle.digest, dict(file.row), settings.review_band)
    if loans is None:
        st.info(translate("offer.not_known", language), icon=":material/info:")
        return
    for sentence in sentences.offer_sentences(
        loans, float(file.assessments.information[0]), language, settings.currency
    ):
        st.markdown(sentence)
    if loans.nearest is not None:
        amount, instalment = loans.nearest.amount, loans.nearest.instalment
        offered = loan_of(loan_row(file.row, amount=amount, instalment=instalment))
        if show_decide(file, "offer", Proposal(offered, LoanOrigin.OFFER)):
            st.rerun()
    draw(loan_map(loans, language, palette()), "loan_map", translate("offer.alt", language))
    withheld = sentences.withheld_sentence(loans, language)
    if withheld:
        st.markdown(withheld)
    known = central_range(resources.model().bundle.population, "PAYMENT_RATE") is not None
    st.caption(translate("offer.left_out" if known else "offer.left_out_unknown", language))
    if sentences.lacks_goods_price(file.row):
        st.caption(translate("offer.no_goods", language))
    st.caption(translate("offer.how", language))
    with st.expander(translate("table.open", language)):
        st.dataframe(pd.DataFrame(sentences.loan_rows(loans, language)), hide_index=True)
