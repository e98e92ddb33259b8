"""How good the model is: ranking, calibration, decisions at the threshold, what its columns do, and its card."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, number, signed, translate
from core.model.outcomes import Outcomes
from core.model.schema import Card
from core.monitoring.available import is_approximate, monitoring_of
from core.monitoring.calibration import calibration_figures
from core.monitoring.figure_words import plain_figure
from core.monitoring.policy import Costs, amounts
from core.monitoring.ranking import ranking_figures
from pages.components import resources
from pages.components.layout.model_card import show_model_card
from pages.components.model.columns import show_columns
from pages.components.model.outcome_views import sample, show_calibration, show_decisions, show_ranking
from pages.components.model.parts import choose_view, show_rows

VIEWS = ("ranking", "calibration", "decisions", "columns", "card")
FIGURES = ("roc_auc", "gini", "ks", "pr_auc", "brier", "ece", "loss_share")


def show_quality(language: Language) -> None:
    """Show the tab."""
    bundle = resources.model().bundle
    view = choose_view(
        "quality_view",
        VIEWS,
        translate("monitor.choose_view", language),
        lambda each: translate(f"quality.{each}", language),
    )
    monitoring = monitoring_of(bundle)
    outcomes = monitoring.outcomes
    if outcomes is not None and is_approximate(bundle) and view not in ("columns", "card"):
        st.caption(translate("monitor.approximate", language))
    if view == "columns":
        show_columns(language)
    elif view == "card":
        show_model_card(language, expanded=True)
    elif outcomes is None:
        st.info(translate("monitor.no_outcomes", language), icon=":material/info:")
        if view == "ranking" and bundle.card.figures:
            _figures(bundle.card, None, language)
    elif view == "ranking":
        _figures(bundle.card, outcomes, language)
        _comparisons(bundle.card, language)
        show_ranking(outcomes, language, locked=monitoring)
    elif view == "calibration":
        show_calibration(outcomes, language, sample(outcomes, language))
    else:
        show_decisions(outcomes, monitoring, language)


def _figures(card: Card, outcomes: Outcomes | None, language: Language) -> None:
    st.subheader(translate("quality.figures", language), anchor=False)
    locked = translate("quality.locked", language, n=number(card.locked_rows, language))
    every = translate("quality.every", language, n=number(sum(outcomes.n) if outcomes else 0, language))
    measured = {**ranking_figures(outcomes), **calibration_figures(outcomes)} if outcomes else {}
    money = monitoring_of(resources.model().bundle).money
    if money is not None:
        share = amounts(money, resources.model().bundle.policy.threshold, Costs()).loss_share
        measured |= {"loss_share": share} if share is not None else {}
    rows = []
    for name in FIGURES:
        row = {translate("about.figure", language): translate(f"figure.{name}", language)}
        if name in card.figures:
            row[locked] = plain_figure(card.figures[name], language)
        if outcomes is not None:
            row[every] = plain_figure(measured[name], language) if name in measured else ""
        rows.append(row)
    show_rows(rows)
    st.caption(translate("quality.figures_how", language, locked=number(card.locked_rows, language)))


def _comparisons(card: Card, language: Language) -> None:
    """Champion, the twin without histories and the baseline, on the same locked clients."""
    chosen = [each for each in card.comparisons if each.clients == "all"]
    if not chosen:
        return
    st.subheader(translate("quality.beside", language), anchor=False)
    rows = [
        {
            translate("quality.model", language): translate("quality.model_shipped", language),
            translate("quality.auc", language): plain_figure(chosen[0].shipped["roc_auc"], language),
            translate("quality.loss", language): plain_figure(chosen[0].shipped["loss_share"], language),
            translate("quality.auc_gap", language): "",
        }
    ]
    for each in chosen:
        gap = each.difference["roc_auc"]
        low, high = (signed(end, language, 3) for end in (gap.low, gap.high))
        rows.append(
            {
                translate("quality.model", language): translate(f"quality.model_{each.other}", language),
                translate("quality.auc", language): plain_figure(each.figures["roc_auc"], language),
                translate("quality.loss", language): plain_figure(each.figures["loss_share"], language),
                translate("quality.auc_gap", language): translate(
                    "monitor.interval", language, value=signed(gap.value, language, 3), low=low, high=high
                ),
            }
        )
    show_rows(rows)
    st.caption(translate("quality.beside_how", language, n=number(chosen[0].n, language)))
