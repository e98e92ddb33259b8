"""How a refusal is told on a screen: in the visitor's language, never more of them than one can read."""

from __future__ import annotations

import re

import streamlit as st

from core.errors import InputRefused, Problem, ScoringError, UnknownClient
from core.i18n.translations import Language, translate, translate_problem

TOLD = 20
WORD_JOINER = "\u2060"
_ADDRESS = re.compile(r"https?:(?=//)|www(?=\.)|[-.\w+](?=@)", re.IGNORECASE)
"""How the addresses begin that Markdown makes links of: web addresses and, before the @, e-mail addresses."""


def show_error(error: ScoringError, language: Language) -> None:
    """One sentence per problem; what was on the screen stays there."""
    if isinstance(error, UnknownClient):
        st.error(
            translate("problem.unknown_client", language, client=plain(error.client.strip()[:20])),
            icon=":material/error:",
        )
    elif isinstance(error, InputRefused):
        show_problems(error.problems, error.total, language)


def show_problems(problems: tuple[Problem, ...], total: int, language: Language) -> None:
    """The first problems as a list, and how many more there are."""
    lines = [translate_problem(problem, language) for problem in problems[:TOLD]]
    if total > len(lines):
        lines.append(translate("messages.more", language, n=total - len(lines)))
    st.error("\n\n".join(plain(line) for line in lines), icon=":material/error:")
    if any(problem.row is not None for problem in problems):
        st.caption(translate("messages.rows", language))


def plain(line: str) -> str:
    """Somebody else's text for a place that reads Markdown: it is shown as it is and is never a link.

    Its signs are escaped. Bare addresses become links whatever is escaped, so an invisible word joiner stands
    inside each.
    """
    broken = _ADDRESS.sub(lambda found: f"{found[0]}{WORD_JOINER}", line)
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:" else sign for sign in broken)
