"""Shows errors on a screen in the visitor's language, at most MAX_SHOWN problems."""

from __future__ import annotations

import re

import streamlit as st

from core.errors import InputRefused, JournalError, Problem, ScoringError, UnknownClient
from core.i18n.translations import Language, translate, translate_problem

MAX_SHOWN = 20
WORD_JOINER = "\u2060"
_ADDRESS = re.compile(r"https?:(?=//)|www(?=\.)|[-.\w+](?=@)", re.IGNORECASE)
"""The beginning of addresses that Markdown turns into links: web addresses and, before the @, e-mail addresses."""


def show_error(error: ScoringError, language: Language) -> None:
    """Show one sentence per problem of a refused input, or that the client is unknown."""
    if isinstance(error, UnknownClient):
        st.error(
            translate("problem.unknown_client", language, client=plain(error.client.strip()[:20])),
            icon=":material/error:",
        )
    elif isinstance(error, InputRefused):
        show_problems(error.problems, error.total, language)


def show_problems(problems: tuple[Problem, ...], total: int, language: Language) -> None:
    """Show the first problems as a list, and the number of the others. total: number of all problems."""
    lines = [translate_problem(problem, language) for problem in problems[:MAX_SHOWN]]
    if total > len(lines):
        lines.append(translate("messages.more", language, n=total - len(lines)))
    st.error("\n\n".join(plain(line) for line in lines), icon=":material/error:")
    if any(problem.row is not None for problem in problems):
        st.caption(translate("messages.rows", language))


def plain(line: str) -> str:
    """Escape text from a file or a visitor for Markdown, so that it is shown verbatim and never as a link.

    Markdown links bare addresses even if their characters are escaped, so each gets an invisible word joiner.
    """
    broken = _ADDRESS.sub(lambda match: f"{match[0]}{WORD_JOINER}", line)
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:" else sign for sign in broken)


def show_not_saved(error: ScoringError, language: Language) -> None:
    """Say why nothing was saved; what was typed stays."""
    if isinstance(error, InputRefused):
        show_problems(error.problems, error.total, language)
    elif isinstance(error, JournalError):
        show_problems((error.problem,), 1, language)
