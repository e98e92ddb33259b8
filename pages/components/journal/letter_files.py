"""The buttons that download a letter, made from the text that was kept."""

from __future__ import annotations

from core.decisions.entry import Entry
from core.decisions.letters import Letter
from core.i18n.translations import Language, translate
from core.letters.layout import write_letter_pdf
from pages.components.downloads import show_download


def show_letter_files(entry: Entry, letter: Letter, language: Language) -> None:
    """Offer a kept letter as PDF and as text."""
    sequence, body = letter.body.sequence, letter.body
    name = translate("letter.file", body.language, client=entry.client, entry=str(sequence))

    def make() -> bytes:
        return write_letter_pdf(
            letter.text, language=body.language, title=name, written=letter.when.date(), specimen=body.specimen
        )

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
