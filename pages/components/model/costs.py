"""What a lost loan and a refused good client cost, as entered under the threshold."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, translate
from core.monitoring.policy import LOSS_OF_DEFAULT, LOSS_OF_REFUSAL, Costs
from pages.components.session import widget

COST_DEFAULT, COST_REFUSAL = "cost_default", "cost_refusal"


def choose_costs(language: Language) -> Costs:
    """Draw the two fields, in percent of the amount; what is entered stays for the other tabs."""
    first, second = st.columns(2)
    default = first.number_input(
        translate("threshold.cost_default", language),
        1.0,
        200.0,
        100.0 * LOSS_OF_DEFAULT,
        1.0,
        key=COST_DEFAULT,
        format="%.0f",
        persist_state="session",
    )
    refusal = second.number_input(
        translate("threshold.cost_refusal", language),
        0.0,
        100.0,
        100.0 * LOSS_OF_REFUSAL,
        1.0,
        key=COST_REFUSAL,
        format="%.0f",
        persist_state="session",
    )
    return Costs(default=default / 100.0, refusal=refusal / 100.0)


def chosen_costs() -> Costs:
    """The costs that were entered last in the two fields, or those to begin with."""
    default, refusal = widget(COST_DEFAULT), widget(COST_REFUSAL)
    return Costs(
        default=LOSS_OF_DEFAULT if default is None else default / 100.0,
        refusal=LOSS_OF_REFUSAL if refusal is None else refusal / 100.0,
    )
