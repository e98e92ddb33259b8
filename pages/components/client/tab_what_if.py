"""The part "What if": fields of the file that can be edited, both answers side by side, what moved, what was kept."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.dictionary.lookup import entry_of
from core.errors import InputRefused, NotExplained
from core.i18n.translations import Language, percent, translate
from core.insights.sentences import distance
from core.records import Assessments
from core.what_if import sentences
from core.what_if.simulation import (
    BOUNDS,
    JOB,
    NO_JOB,
    SECTIONS,
    Field,
    Simulation,
    Value,
    changes,
    fields,
    in_file,
    moves,
    simulate,
)
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.gauge import gauge
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile
from pages.components.client.pdf_button import show_simulation_button
from pages.components.client.saved_simulations import show_saved_simulations
from pages.components.client.welcome import ICONS
from pages.components.messages import plain
from pages.components.session import session, set_widget, widget, worded


def show_what_if(file: ClientFile) -> None:
    """The answers to the file and to the simulation, the fields, what moved, and the simulations that were kept."""
    language, model = file.language, resources.model()
    st.subheader(translate("simulation.title", language), anchor=False)
    st.badge(translate("simulation.badge", language), icon=":material/science:", color="orange")
    st.caption(translate("simulation.how", language))
    answers, known = st.container(), fields(file.row, model)
    _show_fields(file, known)
    edits = session().of_client(file.client).edits
    st.button(
        translate("simulation.reset", language),
        icon=":material/undo:",
        disabled=not changes(file.row, edits),
        on_click=put_edits,
        args=(file.client, known, {}),
    )
    try:
        found = simulate(model, file.row, edits, review_band=resources.settings().review_band)
    except InputRefused as refused:
        with answers:
            lines = [translate("simulation.refused", language), *sentences.refused(refused.problems, language)]
            st.error("\n\n".join(lines), icon=":material/error:")
        return
    with answers:
        _show_answers(found, language)
        far = sentences.hardly_seen(model, found, language, resources.settings().currency)
        if far:
            lines = [translate("known.far", language), *(plain(line) for line in far)]
            st.warning("\n\n".join(lines), icon=":material/warning:")
    st.markdown(f"**{sentences.in_short(found.after.decisions[0], language)}**")
    _show_moves(file, found)
    if changes(file.row, edits):
        currency = resources.settings().currency
        told = sentences.simulated_from(found, file.row, edits, language, currency)
        show_simulation_button(file, found.row, found.after, told)
    show_saved_simulations(file, lambda kept: put_edits(file.client, known, kept))


def put_edits(client: int, known: dict[str, Field], edits: dict[str, Value]) -> None:
    """Other edits in the place of those on the screen; every field shows what it then says."""
    session().of_client(client).edits = dict(edits)
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
    """One widget; what it says is copied into the session, for a widget's own state ends when the page is left."""
    language, column, key = file.language, each.column, _key(file.client, each.column)
    edits = session().of_client(file.client).edits
    said = edits.get(column, each.value)
    common: dict[str, Any] = {
        "label": sentences.field_label(column, language, resources.settings().currency),
        "key": key,
        "help": entry_of(column).meaning[language] or None,
        "placeholder": translate("value.missing", language),
        "on_change": _edited,
        "args": (file.client, each),
        "disabled": _makes_no_sense(column, edits, file),
    }
    if column in BOUNDS:
        # Bounds are told by our own sentences: the widget's would be in English and would not say why.
        value = said if isinstance(said, float | int) else None
        st.number_input(
            value=value,
            step=BOUNDS[column][2],
            format="%.1f" if column == "DAYS_EMPLOYED" else "%.0f" if float(value or 0.0).is_integer() else "%.2f",
            **common,
        )
    elif each.choices:
        st.selectbox(
            options=each.choices,
            index=each.choices.index(said) if said in each.choices else None,
            format_func=lambda choice: sentences.said(column, choice, language, ""),
            **(common | {"key": worded(key)}),
        )


def _edited(client: int, each: Field) -> None:
    """Keeps what a field says now; one that says nothing, or what the file says, is no edit."""
    edits, value = session().of_client(client).edits, widget(_key(client, each.column))
    if value is None or value == each.value:
        edits.pop(each.column, None)
    else:
        edits[each.column] = value


def _makes_no_sense(column: str, edits: dict[str, Value], file: ClientFile) -> bool:
    """A job of who has none, the age of a car that is not there."""
    now = {name: edits.get(name, in_file(file.row, name)) for name in ("NAME_INCOME_TYPE", "FLAG_OWN_CAR")}
    return (column in JOB and now["NAME_INCOME_TYPE"] in NO_JOB) or (
        column == "OWN_CAR_AGE" and now["FLAG_OWN_CAR"] == "N"
    )


def _show_answers(found: Simulation, language: Language) -> None:
    for panel, key, answer in zip(st.columns(2), ("as_is", "simulated"), (found.before, found.after), strict=True):
        with panel.container(border=True):
            _show_answer(answer, key, language)


def _show_answer(found: Assessments, key: str, language: Language) -> None:
    decision = found.decisions[0]
    digits = decision.digits
    st.markdown(f"**{translate(f'simulation.{key}', language)}**")
    alt = translate(
        "gauge.alt",
        language,
        solvency=percent(decision.solvency, language, digits),
        line=percent(decision.solvency_line, language, digits),
    )
    draw(gauge(decision, language, palette()), f"gauge_{key}", alt)
    st.markdown(f"{ICONS[decision.verdict]} **{translate(f'verdict.{decision.verdict}', language)}**")
    st.caption(distance(decision, language))


def _show_moves(file: ClientFile, found: Simulation) -> None:
    language = file.language
    st.markdown(f"**{translate('simulation.moved', language)}**")
    if not changes(file.row, session().of_client(file.client).edits):
        st.caption(translate("simulation.unchanged", language))
        return
    try:
        moved = moves(resources.model(), found)
    except NotExplained:
        st.caption(translate("simulation.not_explained", language))
        return
    before, after = found.before.decisions[0], found.after.decisions[0]
    rows = sentences.move_rows(moved, before, after, language, resources.settings().currency)
    st.table(pd.DataFrame(rows), hide_index=True)
    st.caption(translate("simulation.moved_how", language))


def _key(client: int, column: str) -> str:
    return f"what_if_{client}_{column}"
