"""Reads a visitor's file, and lets the visitor choose what it leaves ambiguous: the decimal sign, the sheet."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.errors import InputRefused, Problem, ScoringError, TooLarge
from core.i18n.translations import Language, translate
from core.readers.decimal_sign import DecimalChoice
from core.readers.intake import Intake
from core.readers.upload import ASK, Limits, ReadChoices, read_upload
from pages.components import resources
from pages.components.messages import plain
from pages.components.session import visit_contents


def choices_for(content: bytes) -> ReadChoices:
    """The visitor's choices for a file, made on this or on another screen."""
    return visit_contents().choices.get(_digest(content), ASK)


def read_file(
    content: bytes,
    *,
    max_bytes: int,
    max_rows: int,
    choices: ReadChoices,
    visitor: str,
    stopping: threading.Event | None = None,
    exact_json: bool = False,
) -> Intake:
    """Read the rows of an upload for the served model. Raises InputRefused; TooLarge if no memory is left.

    max_bytes, max_rows: limits of the upload. choices: decimal sign and sheet. stopping: set to stop the reading.
    exact_json: JSON keeps to exact names, as on the routes.
    """
    if not resources.visits().make_room():
        raise TooLarge([Problem("visits_full")])
    return read_upload(
        content,
        max_bytes=max_bytes,
        max_rows=max_rows,
        limits=Limits(memory_mb=resources.settings().max_read_mb),
        stopping=stopping,
        vocabulary=resources.model().aligner.vocabulary,
        choices=choices,
        visitor=visitor,
        exact_json=exact_json,
    )


def show_choices(
    error: ScoringError | None, content: bytes, key: str, language: Language, again: Callable[[], None]
) -> None:
    """Draw one button per choice if a file was refused because it is ambiguous; a click reads the file again.

    Parameters
    ----------
    error: the refusal; None draws nothing.
    content: the file's bytes.
    key: prefix of the buttons' keys, the screen's name.
    language: of the buttons.
    again: reads the file again.
    """
    problem = error.problems[0] if isinstance(error, InputRefused) else None
    if problem is None or problem.code not in ("decimal_unclear", "sheet_unclear"):
        return
    answers = _decimal_signs(problem, language) if problem.code == "decimal_unclear" else _sheets(problem, language)
    with st.container(horizontal=True):
        for place, (label, change) in enumerate(answers):
            st.button(label, key=f"{key}_choice_{place}", on_click=_choose, args=(content, change, again))


def _decimal_signs(problem: Problem, language: Language) -> list[tuple[str, dict[str, str]]]:
    readings = {"point": str(problem.facts["one"]), "comma": str(problem.facts["other"])}
    if problem.facts["sign"] == ",":
        readings = {"point": readings["comma"], "comma": readings["point"]}
    return [
        (plain(translate("choice.point", language, reading=readings["point"])), {"decimal": "point"}),
        (plain(translate("choice.comma", language, reading=readings["comma"])), {"decimal": "comma"}),
    ]


def _sheets(problem: Problem, language: Language) -> list[tuple[str, dict[str, str]]]:
    names = [str(fact) for name, fact in problem.facts.items() if name.startswith("sheet_")]
    return [(plain(translate("choice.sheet", language, sheet=name)), {"sheet": name}) for name in names]


def _choose(content: bytes, change: dict[str, str], again: Callable[[], None]) -> None:
    before = choices_for(content)
    decimal: DecimalChoice = "comma" if change.get("decimal") == "comma" else "point"
    after = replace(before, sheet=change["sheet"]) if "sheet" in change else replace(before, decimal=decimal)
    visit_contents().choices[_digest(content)] = after
    again()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
