"""The part "What would change the outcome": four ways to a loan that may be advised, and the map around the loan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.decisions.draft import loan_of
from core.decisions.entry import LoanOrigin
from core.i18n.translations import Language, number, percent, translate
from core.insights.population import central_range
from core.records import Verdict
from core.what_if import sentences
from core.what_if.alternatives import Alternative, Way
from core.what_if.loan_offer import loan_row
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.loan_heatmap import loan_map
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import Proposal, show_decide
from pages.components.client.welcome import ICONS
from pages.components.messages import plain

WAYS = {
    Way.LONGER: "offer.way_longer",
    Way.SAME_INSTALMENT: "offer.way_same_instalment",
    Way.SAME_PAYMENTS: "offer.way_same_payments",
    Way.NEAREST: "offer.way_nearest",
}
PER_ROW = 2


def show_offer(file: ClientFile) -> None:
    """Show the offer, the map and its table; a sentence if the file has no amount or instalment."""
    language, settings = file.language, resources.settings()
    st.subheader(translate("offer.title", language), anchor=False, help=translate("offer.how", language))
    loans = resources.loans(resources.model().bundle.digest, dict(file.row), settings.review_band)
    if loans is None:
        st.info(translate("offer.not_known", language), icon=":material/info:")
        return
    ways = resources.alternatives(resources.model().bundle.digest, dict(file.row), settings.review_band)
    nearest = next((each.loan for each in ways if each.way is Way.NEAREST), None)
    if nearest is not None and nearest.favourable:
        loans = replace(loans, nearest=nearest)
    for sentence in sentences.offer_sentences(
        loans, float(file.assessments.information[0]), language, settings.currency
    ):
        st.markdown(sentence)
    _show_ways(ways, language)
    if loans.nearest is not None:
        amount, instalment = loans.nearest.amount, loans.nearest.instalment
        offered = loan_of(loan_row(file.row, amount=amount, instalment=instalment))
        if show_decide(file, "offer", Proposal(offered, LoanOrigin.OFFER)):
            st.rerun()
    known = central_range(resources.model().bundle.population, "PAYMENT_RATE") is not None
    how = translate("offer.left_out" if known else "offer.left_out_unknown", language)
    rows = sentences.loan_rows(loans, language)
    show_title(translate("offer.map", language), "loan_map_table", rows, language, how=how)
    draw(loan_map(loans, language, palette()), "loan_map", translate("offer.alt", language))
    withheld = sentences.withheld_sentence(loans, language)
    if withheld:
        st.markdown(withheld)
    if sentences.lacks_goods_price(file.row):
        st.caption(translate("offer.no_goods", language))


def _show_ways(ways: Sequence[Alternative], language: Language) -> None:
    """Show each way by its name, with its first loan and the opinion on it, or that there is none."""
    for start in range(0, len(ways), PER_ROW):
        for place, each in zip(st.columns(PER_ROW), ways[start : start + PER_ROW], strict=False):
            with place.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{translate(WAYS[each.way], language)}**")
                _show_way(each, language)


def _show_way(each: Alternative, language: Language) -> None:
    if each.loan is None:
        st.markdown(f":material/block: {translate('offer.out_of_reach', language)}")
        return
    favourable = each.loan.favourable
    opinion = translate("verdict.favourable" if favourable else "offer.at_least_review", language)
    st.markdown(f"{ICONS[Verdict.FAVOURABLE if favourable else Verdict.TO_REVIEW]} {opinion}")
    currency, digits = resources.settings().currency, each.loan.decision.digits
    loan = translate(
        "offer.way_loan",
        language,
        amount=sentences.money(each.loan.amount, language, currency),
        payments=number(each.loan.payments, language),
        instalment=sentences.money(each.loan.instalment, language, currency),
        solvency=percent(each.loan.decision.solvency, language, digits),
    )
    st.markdown(plain(loan))
