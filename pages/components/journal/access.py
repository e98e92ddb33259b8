"""Which journal a visit reads and writes, and who decides in it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.decisions.journal import Journal
from core.errors import JournalError
from core.i18n.translations import Language, translate
from core.web.urls import is_this_machine
from pages.components import resources
from pages.components.session import visit_contents

FORWARDED = "X-Forwarded-For"


@dataclass(frozen=True)
class Officer:
    """Who decides: a name, and whether sign-in checked it. The name is empty where nobody said it yet."""

    name: str
    identified: bool


def is_demonstration() -> bool:
    """Whether others can reach this address and nobody signs in: then the journal is the visit's own.

    The address is what the browser says, so the connection must come from this machine too; and not by way of a proxy,
    for then it is the header that says where from, and anybody can send one that names this machine.
    """
    if resources.settings().sign_in:
        return False
    from_elsewhere = isinstance(st.context.ip_address, str) or FORWARDED in st.context.headers
    return from_elsewhere or not is_this_machine(st.context.url)


def visit_journal() -> Journal:
    """The journal of this visit: the one that the settings name, or in a demonstration one in memory."""
    if not is_demonstration():
        return resources.journal()
    contents = visit_contents()
    if contents.journal is None:
        contents.journal = Journal()
    return contents.journal


def journal_if_any() -> Journal | None:
    """The journal of this visit; None in a demonstration in which nothing was decided."""
    return visit_contents().journal if is_demonstration() else resources.journal()


def officer() -> Officer:
    """Who decides: the signed-in person, else the name of OFFICER or of the last decision."""
    settings = resources.settings()
    if not settings.sign_in:
        return Officer(settings.officer or _last_name(), False)
    name = " ".join(str(st.user.get("name") or "").split())
    identity = str(st.user.get("email") or st.user.get("sub") or "").strip()
    return Officer(f"{name} ({identity})"[:120] if name and name != identity else identity[:120], True)


def _last_name() -> str:
    try:
        return visit_journal().last_unchecked_name()
    except JournalError:
        return ""


def show_where(language: Language) -> None:
    """Say what a reader must know of this journal: a demonstration's, on a disk that does not last, or unsigned."""
    settings = resources.settings()
    if is_demonstration():
        st.info(translate("journal.demonstration", language), icon=":material/science:")
        return
    if not settings.disk_lasts and not settings.database_url:
        st.warning(translate("journal.disk", language), icon=":material/warning:")
    if not settings.sign_in:
        st.caption(translate("journal.unchecked", language))
