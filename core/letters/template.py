"""The text of a letter with names in braces for what differs: Aval's own in the catalogues, or a file of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

from core.errors import InputRefused, Problem, SettingError
from core.i18n.translations import Language, catalogue
from core.regular_file import open_regular
from core.settings import ROOT

NAMES = (
    *("sender", "contact", "date", "entry", "client", "decided", "loan", "amount", "instalment"),
    *("reasons", "scores", "alternatives", "appeal", "name"),
)
"""What a template may name."""
REQUIRED = ("client", "entry", "decided", "reasons", "scores", "alternatives", "contact", "appeal", "name")
"""What every letter must hold, so what every template names."""
MAX_BYTES = 64 * 1024


def check_templates(folder: str) -> None:
    """Raise SettingError if a folder of own templates is named and is not there. folder: relative to the project."""
    try:
        is_there = not folder or (ROOT / folder).is_dir()
    except OSError:
        # Its name is too long.
        is_there = False
    if not is_there:
        raise SettingError("LETTER_TEMPLATES", "must be a folder that is there")


def read_template(folder: Path | str, language: Language) -> str:
    """The template of a language: the file `refusal.<language>.txt` of the folder, or Aval's own where there is none.

    folder: relative to the project; empty for Aval's own.

    Raises
    ------
    InputRefused: the file cannot be read, holds an unknown name in braces, or lacks a required one.
    """
    file = ROOT / folder / f"refusal.{language}.txt" if folder else None
    if file is None or not file.exists():
        return str(catalogue(language)["letter.template"])
    try:
        with open_regular(file) as opened:
            content = opened.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(file.name)
        text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except (OSError, ValueError):
        raise InputRefused([Problem("letter_template_unreadable", facts={"file": file.name})]) from None
    try:
        named = [name for _, name, form, conversion in Formatter().parse(text) if name is not None]
        plain = all(not form and not conversion for _, name, form, conversion in Formatter().parse(text) if name)
    except ValueError:
        named, plain = [""], False
    unknown = [name for name in named if name not in NAMES]
    if unknown or not plain:
        raise InputRefused([Problem("letter_template_names", facts={"file": file.name, "names": _braces(NAMES)})])
    missing = [name for name in REQUIRED if name not in named]
    if missing:
        raise InputRefused([Problem("letter_template_lacks", facts={"file": file.name, "names": _braces(missing)})])
    return text


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The template with its names replaced; a paragraph that was nothing but an empty name goes with its blank line."""
    text = "".join(
        literal + (facts[name] if name is not None else "") for literal, name, _, _ in Formatter().parse(template)
    )
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _braces(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
