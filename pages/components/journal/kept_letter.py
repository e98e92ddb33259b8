"""A letter as it was sent."""

from __future__ import annotations

import streamlit as st
from babel.dates import format_datetime

from core.decisions.entry import Entry
from core.decisions.letters import Letter
from core.i18n.translations import Language, translate
from core.letters.layout import write_letter_pdf
from pages.components.downloads import show_download
from pages.components.messages import plain


def show_kept(entry: Entry, letter: Letter, language: Language) -> None:
    """Show a letter on a refusal as it was sent, with its PDF and its text; or that it was erased."""
    when = plain(f"{format_datetime(letter.when, 'd MMM y HH:mm', locale=language)} UTC")
    title = translate("letter.kept", language, when=when, who=plain(letter.body.who))
    if not letter.text:
        st.caption(f"{title}: {translate('letter.kept_erased', language)}")
        return
    sequence = letter.body.sequence
    with st.expander(title, icon=":material/mail:"):
        st.text(letter.text)
        if letter.body.age_withheld:
            st.caption(translate("letter.age", language))
        name = translate("letter.file", letter.body.language, client=entry.client, entry=str(sequence))

        def make() -> bytes:
            return write_letter_pdf(
                letter.text,
                language=letter.body.language,
                title=name,
                written=letter.when.date(),
                specimen=letter.body.specimen,
            )

        with st.container(horizontal=True):
            show_download(
                translate("letter.pdf", language),
                make,
                f"{name}.pdf",
                "pdf",
                key=f"letter_pdf_{sequence}",
                icon=":material/picture_as_pdf:",
            )
            text = translate("letter.plain", language)
            show_download(text, lambda: letter.text, f"{name}.txt", "text", key=f"letter_text_{sequence}")
        st.caption(translate("letter.digest", language, entry=str(sequence), hash=letter.hash[:12]))
