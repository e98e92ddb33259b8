"""The fields of a simulation: exact values, the changed ones marked with a way back, and a loan whose terms follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.alignment.number_text import Unreadable
from core.dictionary.lookup import entry_of
from core.i18n.translations import Language, translate
from core.what_if import sentences
from core.what_if.loan_terms import HELD, Term, payments_of, with_term
from core.what_if.simulation import BOUNDS, JOB, NO_JOB, SECTIONS, Field, Value, changes, file_value
from core.what_if.typed import read_typed, write_typed
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.messages import plain
from pages.components.session import edits_of, set_widget, store_edits, translated, widget

DIGITS = {"DAYS_EMPLOYED": 1}
TERMS = {each.value: each for each in Term}
PER_ROW = 2


def show_fields(file: ClientFile, known: Mapping[str, Field]) -> list[str]:
    """Draw all fields; returns one sentence per field whose text is no number."""
    problems: list[str] = []
    for section, columns in SECTIONS.items():
        with st.container(border=True):
            st.markdown(f"**{translate(f'simulation.{section}', file.language)}**")
            shown = [column for column in columns if column in known]
            if section == "loan":
                shown = _with_payments(file, shown)
            for start in range(0, len(shown), PER_ROW):
                for place, column in zip(st.columns(PER_ROW), shown[start : start + PER_ROW], strict=False):
                    with place:
                        problems += _show_field(file, column, known.get(column))
            if section == "loan":
                _show_held(file)
    return problems


def put_edits(file: ClientFile, known: Mapping[str, Field], edits: Mapping[str, Value]) -> None:
    """Replace the current edits and what stands in the fields. known: the client's fields; edits: by column."""
    store_edits(file.client, dict(edits))
    _fill(file, [*known, Term.PAYMENTS], known)
    set_widget(_held_key(file.client), None)


def _with_payments(file: ClientFile, columns: list[str]) -> list[str]:
    """The loan's columns with the number of instalments behind the amount, if it is known."""
    if payments_of(file.row, edits_of(file.client)) is None:
        return columns
    at = columns.index(Term.AMOUNT) + 1 if Term.AMOUNT in columns else 0
    return [*columns[:at], Term.PAYMENTS, *columns[at:]]


def _show_field(file: ClientFile, column: str, each: Field | None) -> list[str]:
    """Draw a field and, if it is changed, what the file says, which puts it back; returns its problem, if any."""
    language, client = file.language, file.client
    edits, key = edits_of(client), _key(file, column)
    shown, said = _now(file, column, edits), _now(file, column, {})
    changed = shown != said and not (column == Term.PAYMENTS and not {"AMT_CREDIT", "AMT_ANNUITY"} & set(edits))
    common: dict[str, Any] = {
        "label": _label(column, language),
        "key": key,
        "help": (entry_of(column).meaning[language] or None)
        if each
        else translate("simulation.payments_help", language),
        "placeholder": translate("value.missing", language),
        "disabled": _does_not_apply(column, edits, file),
    }
    problems = []
    if each is not None and each.choices:
        st.selectbox(
            options=each.choices,
            index=each.choices.index(str(shown)) if shown in each.choices else None,
            format_func=lambda choice: sentences.format_edit(column, choice, language, ""),
            on_change=_chosen,
            args=(file, each),
            **(common | {"key": translated(key)}),
        )
    elif column in BOUNDS or column == Term.PAYMENTS:
        if widget(key) is None:
            set_widget(key, _written(column, shown, language))
        text = st.text_input(on_change=_typed, args=(file, column), **common)
        problems = _problem(text or "", column, language)
    if changed:
        back = sentences.format_edit(column, said, language, "") if each else _written(column, said, language)
        st.button(
            translate("simulation.put_back", language, value=plain(back)),
            key=f"{key}_back",
            type="tertiary",
            icon=":material/undo:",
            on_click=_put_back,
            args=(file, column),
        )
    return problems


def _problem(text: str, column: str, language: Language) -> list[str]:
    try:
        read_typed(text, language)
    except Unreadable as error:
        key = "simulation.two_readings" if error.code == "two_readings" else "simulation.no_number"
        return [translate(key, language, label=_label(column, language), **error.facts)]
    return []


def _typed(file: ClientFile, column: str) -> None:
    """Store a typed number as an edit; an empty field is the file's value, and what is no number changes nothing.

    Nor does what the field shows already: it is rounded, and a browser may send it again by itself.
    """
    text, edits = widget(_key(file, column)) or "", edits_of(file.client)
    try:
        value = read_typed(text, file.language)
    except Unreadable:
        return
    if value is None:
        _put_back(file, column)
        return
    if text.strip() == _written(column, _now(file, column, edits), file.language):
        return
    if column in TERMS:
        edits = with_term(file.row, edits, TERMS[column], value)
        set_widget(_held_key(file.client), column)
    else:
        edits = changes(file.row, {**edits, column: value})
    store_edits(file.client, dict(edits))
    _fill(file, [column, *TERMS, "AMT_GOODS_PRICE"])


def _chosen(file: ClientFile, each: Field) -> None:
    """Store a chosen value as an edit, unless it is the file's."""
    edits, value = edits_of(file.client), widget(_key(file, each.column))
    if value is None or value == each.value:
        edits.pop(each.column, None)
    else:
        edits[each.column] = value
    store_edits(file.client, edits)


def _put_back(file: ClientFile, column: str) -> None:
    """Give a field the file's value again; the loan's other terms follow."""
    edits = dict(edits_of(file.client))
    said = _now(file, column, {})
    if column in TERMS and isinstance(said, float):
        edits = with_term(file.row, edits, TERMS[column], said)
        set_widget(_held_key(file.client), column)
    else:
        edits.pop(column, None)
    store_edits(file.client, edits)
    _fill(file, [column, *TERMS, "AMT_GOODS_PRICE"])


def _fill(file: ClientFile, columns: list[str], known: Mapping[str, Field] | None = None) -> None:
    """Write the current values into these fields."""
    edits = edits_of(file.client)
    for column in columns:
        now = _now(file, column, edits)
        is_number = column in BOUNDS or column == Term.PAYMENTS
        is_choice = known[column].choices if known and column in known else isinstance(now, str)
        if is_number:
            set_widget(_key(file, column), _written(column, now, file.language))
        elif is_choice:
            set_widget(_key(file, column), now)


def _show_held(file: ClientFile) -> None:
    """Say which term of the loan is held, and which one follows."""
    changed = TERMS.get(str(widget(_held_key(file.client)) or ""))
    if changed is None:
        st.caption(translate("simulation.terms", file.language))
        return
    (follows,) = set(Term) - {changed, HELD[changed]}
    now = _now(file, follows, edits_of(file.client))
    key = {
        Term.AMOUNT: "simulation.changed_amount",
        Term.PAYMENTS: "simulation.changed_payments",
        Term.INSTALMENT: "simulation.changed_instalment",
    }[changed]
    st.caption(translate(key, file.language, value=_written(follows, now, file.language)))


def _now(file: ClientFile, column: str, edits: Mapping[str, Value]) -> Value | None:
    """The current value of a field, in display units."""
    if column == Term.PAYMENTS:
        return payments_of(file.row, edits)
    return edits.get(column, file_value(file.row, column))


def _written(column: str, value: Value | None, language: Language) -> str:
    if not isinstance(value, int | float):
        return ""
    if column == Term.PAYMENTS:
        return write_typed(round(value, 1), language, 0 if round(value, 1).is_integer() else 1)
    if float(value).is_integer():
        return write_typed(value, language, 0)
    return write_typed(round(value, 2), language, DIGITS.get(column, 0))


def _label(column: str, language: Language) -> str:
    if column == Term.PAYMENTS:
        return translate("simulation.payments", language)
    return sentences.field_label(column, language, resources.settings().currency)


def _does_not_apply(column: str, edits: Mapping[str, Value], file: ClientFile) -> bool:
    """Whether a field does not apply: the job fields without a job, the car's age without a car."""
    now = {name: edits.get(name, file_value(file.row, name)) for name in ("NAME_INCOME_TYPE", "FLAG_OWN_CAR")}
    return (column in JOB and now["NAME_INCOME_TYPE"] in NO_JOB) or (
        column == "OWN_CAR_AGE" and now["FLAG_OWN_CAR"] == "N"
    )


def _key(file: ClientFile, column: str) -> str:
    """The key of a field. A number is written in the screen's language, so its field is another one in each."""
    language = f"_{file.language}" if column in BOUNDS or column == Term.PAYMENTS else ""
    return f"what_if_{file.client}_{column}{language}"


def _held_key(client: int) -> str:
    return f"what_if_held_{client}"
