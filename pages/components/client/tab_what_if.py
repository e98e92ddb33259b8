"""The part "Simulate a change": the fields, the answer beside them, the changes by column, and saved simulations."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.decisions.entry import LoanOrigin
from core.errors import InputRefused, NotExplained
from core.i18n.translations import translate
from core.what_if import sentences
from core.what_if.simulation import LOAN, Simulation, Value, changes, fields, moves, simulate
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import Proposal, show_decide
from pages.components.client.pdf_button import show_simulation_button
from pages.components.client.saved_simulations import show_saved_simulations
from pages.components.client.what_if_answer import show_answer_beside
from pages.components.client.what_if_fields import put_edits, show_fields
from pages.components.session import edits_of


def show_what_if(file: ClientFile) -> None:
    """Show the fields with the answer beside them, the changes by column, and saved simulations."""
    language, model = file.language, resources.model()
    st.subheader(translate("simulation.title", language), anchor=False, help=translate("simulation.how", language))
    known = fields(file.row, model)
    with st.container(key="what_if"):
        answer, typed = st.columns([5, 7], gap="medium")
    with typed:
        problems = show_fields(file, known)
        edits = edits_of(file.client)
        st.button(
            translate("simulation.reset", language),
            icon=":material/undo:",
            disabled=not changes(file.row, edits),
            on_click=put_edits,
            args=(file, known, {}),
        )
    simulation = None
    if not problems:
        try:
            band = resources.settings().review_band
            simulation = simulate(model, file.row, edits, review_band=band, before=file.assessments)
        except InputRefused as refused:
            problems = sentences.problem_sentences(refused.problems, language)
    with answer.container(key="what_if_answer", gap="xsmall"):
        if simulation is None:
            lines = [translate("simulation.refused", language), *problems]
            st.error("\n\n".join(lines), icon=":material/error:")
            return
        show_answer_beside(file, simulation)
    _show_moves(file, simulation)
    if changes(file.row, edits):
        _show_decide(file, changes(file.row, edits))
        currency = resources.settings().currency
        changes_in_words = sentences.simulation_summary(simulation, file.row, edits, language, currency)
        show_simulation_button(file, simulation.row, simulation.after, changes_in_words)
    show_saved_simulations(file, lambda saved: put_edits(file, known, saved))


def _show_decide(file: ClientFile, changed: Mapping[str, Value]) -> None:
    """Offer to decide on the simulated loan; what else is simulated is not the client's file and is left out."""
    loan = {column: float(changed[column]) for column in LOAN if column in changed}
    if not loan:
        return
    if set(changed) - set(LOAN):
        st.caption(translate("decision.loan_only", file.language))
    if show_decide(file, "what_if", Proposal(loan, LoanOrigin.SIMULATION)):
        st.rerun()


def _show_moves(file: ClientFile, simulation: Simulation) -> None:
    language = file.language
    if not changes(file.row, edits_of(file.client)):
        return
    st.markdown(f"**{translate('simulation.moved', language)}**")
    try:
        column_moves = moves(resources.model(), simulation, file.explanation)
    except NotExplained:
        st.caption(translate("simulation.not_explained", language))
        return
    before, after = simulation.before.decisions[0], simulation.after.decisions[0]
    rows = sentences.move_rows(column_moves, before, after, language, resources.settings().currency)
    st.table(pd.DataFrame(rows), hide_index=True)
    st.caption(translate("simulation.moved_how", language))
