"""The part "What if": editable fields, both answers side by side, the changes by column, and saved simulations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.decisions.entry import LoanOrigin
from core.dictionary.lookup import entry_of
from core.errors import InputRefused, NotExplained
from core.i18n.translations import Language, translate
from core.insights.sentences import distance
from core.records import Assessments
from core.what_if import sentences
from core.what_if.simulation import (
    BOUNDS,
    JOB,
    LOAN,
    NO_JOB,
    SECTIONS,
    Field,
    Simulation,
    Value,
    changes,
    fields,
    file_value,
    moves,
    simulate,
)
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import Proposal, show_decide
from pages.components.client.header import show_gauge
from pages.components.client.pdf_button import show_simulation_button
from pages.components.client.saved_simulations import show_saved_simulations
from pages.components.client.welcome import ICONS
from pages.components.messages import plain
from pages.components.session import edits_of, set_widget, store_edits, translated, widget


def show_what_if(file: ClientFile) -> None:
    """Show the answers to the file and to the simulation, the fields, the changes by column, and saved simulations."""
    language, model = file.language, resources.model()
    st.subheader(translate("simulation.title", language), anchor=False)
    st.badge(translate("simulation.badge", language), icon=":material/science:", color="orange")
    st.caption(translate("simulation.how", language))
    answers, known = st.container(), fields(file.row, model)
    _show_fields(file, known)
    edits = edits_of(file.client)
    st.button(
        translate("simulation.reset", language),
        icon=":material/undo:",
        disabled=not changes(file.row, edits),
        on_click=put_edits,
        args=(file.client, known, {}),
    )
    try:
        simulation = simulate(model, file.row, edits, review_band=resources.settings().review_band)
    except InputRefused as refused:
        with answers:
            lines = [
                translate("simulation.refused", language),
                *sentences.problem_sentences(refused.problems, language),
            ]
            st.error("\n\n".join(lines), icon=":material/error:")
        return
    with answers:
        _show_answers(simulation, language)
        far = sentences.outside_sentences(model, simulation, language, resources.settings().currency)
        if far:
            lines = [translate("known.far", language), *(plain(line) for line in far)]
            st.warning("\n\n".join(lines), icon=":material/warning:")
    st.markdown(f"**{sentences.short_answer(simulation.after.decisions[0], language)}**")
    _show_moves(file, simulation)
    if changes(file.row, edits):
        _show_decide(file, changes(file.row, edits))
        currency = resources.settings().currency
        changes_in_words = sentences.simulation_summary(simulation, file.row, edits, language, currency)
        show_simulation_button(file, simulation.row, simulation.after, changes_in_words)
    show_saved_simulations(file, lambda saved: put_edits(file.client, known, saved))


def _show_decide(file: ClientFile, changed: Mapping[str, Value]) -> None:
    """Offer to decide on the simulated loan; what else is simulated is not the client's file and is left out."""
    loan = {column: float(changed[column]) for column in LOAN if column in changed}
    if not loan:
        return
    if set(changed) - set(LOAN):
        st.caption(translate("decision.loan_only", file.language))
    if show_decide(file, "what_if", Proposal(loan, LoanOrigin.SIMULATION)):
        st.rerun()


def put_edits(client: int, known: dict[str, Field], edits: dict[str, Value]) -> None:
    """Replace the current edits and the values of all fields. known: the client's fields; edits: by column."""
    store_edits(client, dict(edits))
    for column, each in known.items():
        set_widget(_key(client, column), edits.get(column, each.value))


def _show_fields(file: ClientFile, known: dict[str, Field]) -> None:
    for panel, (section, columns) in zip(st.columns(len(SECTIONS)), SECTIONS.items(), strict=True):
        with panel.container(border=True, height="stretch"):
            st.markdown(f"**{translate(f'simulation.{section}', file.language)}**")
            for column in columns:
                if column in known:
                    _show_field(file, known[column])


def _show_field(file: ClientFile, each: Field) -> None:
    """Draw one field; its value is copied into the session because the widget's state is lost with the page."""
    language, column, key = file.language, each.column, _key(file.client, each.column)
    edits = edits_of(file.client)
    current = edits.get(column, each.value)
    common: dict[str, Any] = {
        "label": sentences.field_label(column, language, resources.settings().currency),
        "key": key,
        "help": entry_of(column).meaning[language] or None,
        "placeholder": translate("value.missing", language),
        "on_change": _edited,
        "args": (file.client, each),
        "disabled": _does_not_apply(column, edits, file),
    }
    if column in BOUNDS:
        # The widget gets no bounds, because its messages are in English and give no reason; `simulate` checks them.
        value = current if isinstance(current, float | int) else None
        st.number_input(
            value=value,
            step=BOUNDS[column][2],
            format="%.1f" if column == "DAYS_EMPLOYED" else "%.0f" if float(value or 0.0).is_integer() else "%.2f",
            **common,
        )
    elif each.choices:
        st.selectbox(
            options=each.choices,
            index=each.choices.index(current) if current in each.choices else None,
            format_func=lambda choice: sentences.format_edit(column, choice, language, ""),
            **(common | {"key": translated(key)}),
        )


def _edited(client: int, each: Field) -> None:
    """Store the value of a field as an edit, unless it is empty or equal to the file's."""
    edits, value = edits_of(client), widget(_key(client, each.column))
    if value is None or value == each.value:
        edits.pop(each.column, None)
    else:
        edits[each.column] = value
    store_edits(client, edits)


def _does_not_apply(column: str, edits: dict[str, Value], file: ClientFile) -> bool:
    """Whether a field does not apply: the job fields without a job, the car's age without a car."""
    now = {name: edits.get(name, file_value(file.row, name)) for name in ("NAME_INCOME_TYPE", "FLAG_OWN_CAR")}
    return (column in JOB and now["NAME_INCOME_TYPE"] in NO_JOB) or (
        column == "OWN_CAR_AGE" and now["FLAG_OWN_CAR"] == "N"
    )


def _show_answers(simulation: Simulation, language: Language) -> None:
    for panel, key, answer in zip(
        st.columns(2), ("as_is", "simulated"), (simulation.before, simulation.after), strict=True
    ):
        with panel.container(border=True):
            _show_answer(answer, key, language)


def _show_answer(assessments: Assessments, key: str, language: Language) -> None:
    decision = assessments.decisions[0]
    st.markdown(f"**{translate(f'simulation.{key}', language)}**")
    show_gauge(decision, f"gauge_{key}", language)
    st.markdown(f"{ICONS[decision.verdict]} **{translate(f'verdict.{decision.verdict}', language)}**")
    st.caption(distance(decision, language))


def _show_moves(file: ClientFile, simulation: Simulation) -> None:
    language = file.language
    st.markdown(f"**{translate('simulation.moved', language)}**")
    if not changes(file.row, edits_of(file.client)):
        st.caption(translate("simulation.unchanged", language))
        return
    try:
        column_moves = moves(resources.model(), simulation)
    except NotExplained:
        st.caption(translate("simulation.not_explained", language))
        return
    before, after = simulation.before.decisions[0], simulation.after.decisions[0]
    rows = sentences.move_rows(column_moves, before, after, language, resources.settings().currency)
    st.table(pd.DataFrame(rows), hide_index=True)
    st.caption(translate("simulation.moved_how", language))


def _key(client: int, column: str) -> str:
    return f"what_if_{client}_{column}"
