"""What must be true of a letter before it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from core.decisions.draft import is_writable, tidy
from core.errors import InputRefused, Problem
from core.i18n.translations import Language
from core.letters.layout import MAX_PAGES, missing_signs, n_pages
from core.letters.letter import Basis, Sender

MAX_LETTERS = 12_000
"""Characters of a letter; two pages hold about 8,000."""


def check_letter(basis: Basis, sender: Sender, text: str, *, own: str, language: Language) -> str:
    """The text as it may be kept: with one kind of line end, and without blanks around it.

    Raises
    ------
    InputRefused: one Problem for each thing that the letter lacks or cannot hold.
    """
    kept = tidy(text)
    problems = tuple(_problems(basis, sender, kept, tidy(own), language))
    if problems:
        raise InputRefused(problems)
    return kept


def _problems(basis: Basis, sender: Sender, text: str, own: str, language: Language) -> Iterator[Problem]:
    if len(text) > MAX_LETTERS:
        yield Problem("letter_long", facts={"limit": MAX_PAGES})
        return
    if not is_writable(text):
        yield Problem("decision_words_signs")
        return
    missing = missing_signs(text)
    if missing:
        line, signs = missing
        yield Problem("letter_signs", facts={"line": line, "signs": ", ".join(f"U+{ord(each):04X}" for each in signs)})
    elif n_pages(text, language) > MAX_PAGES:
        yield Problem("letter_long", facts={"limit": MAX_PAGES})
    if basis.needs_own_reason and not own:
        yield Problem("letter_without_reason")
    elif own and _squeezed(own) not in _squeezed(text):
        yield Problem("letter_lacks_reason")
    for words in (sender.name, sender.contact, sender.appeal):
        if _squeezed(words) not in _squeezed(text):
            yield Problem("letter_lacks_sender")
            break


def _squeezed(text: str) -> str:
    """The text with every gap as one blank, so that a line broken elsewhere makes no difference."""
    return " ".join(text.split())
