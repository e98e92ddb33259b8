"""Lays a letter's text out on at most two pages of A4, in DejaVu Sans: nothing is added to the text but a watermark.

A line that stands alone in its paragraph, ends in a letter or digit and has something after it is a heading, unless it
is a numbered reason. fpdf2 is imported only when a letter is laid out, as in `core.reports.pdf`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from functools import cache
from typing import TYPE_CHECKING, cast

from core.i18n.translations import Language, translate
from core.reports.pdf import FAMILY, FONTS, INK, LEADING, MILLIMETRES

if TYPE_CHECKING:
    from datetime import date

    from fpdf import FPDF

MAX_PAGES = 2
LEFT, TOP, SIZE, WATERMARK = 24.0, 20.0, 10.0, 96.0
PALE = (0xE4, 0xE8, 0xEC)
NUMBERED = re.compile(r"\d+[.)]\s")
MAX_HEADING = 90
BELOW_HEADING, BETWEEN = 0.25, 0.7
"""Space below a paragraph, in lines."""


def write_letter_pdf(text: str, *, language: Language, title: str, written: date, specimen: bool) -> bytes:
    """The letter as the bytes of a PDF; the same letter gives the same bytes.

    Parameters
    ----------
    text: as it was kept; every sign of it is one that the font has.
    title: of the document. written: its date. specimen: each page bears a watermark.
    """
    pdf = _laid_out(text, language, specimen=specimen)
    pdf.set_title(title)
    pdf.set_creation_date(datetime.combine(written, time(), tzinfo=UTC))
    return bytes(pdf.output())


def n_pages(text: str, language: Language) -> int:
    """How many pages the letter takes."""
    return int(_laid_out(text, language, specimen=False).page_no())


def missing_signs(text: str) -> tuple[int, tuple[str, ...]] | None:
    """The first line with signs that the font lacks, the first is 1, and these signs; None where it has all."""
    known = _known_signs()
    for place, line in enumerate(text.split("\n"), start=1):
        missing = tuple(dict.fromkeys(sign for sign in line if ord(sign) not in known and sign != "\t"))
        if missing:
            return place, missing
    return None


@cache
def _known_signs() -> frozenset[int]:
    from fpdf import FPDF

    pdf = FPDF()
    _add_fonts(pdf)
    return frozenset.intersection(*(frozenset(font.cmap) for font in pdf.fonts.values() if hasattr(font, "cmap")))


def _add_fonts(pdf: FPDF) -> None:
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(FAMILY, style, FONTS / file)


def _laid_out(text: str, language: Language, *, specimen: bool) -> FPDF:
    from fpdf import FPDF

    class Pages(FPDF):
        """Pages with the watermark under the text."""

        def header(self) -> None:
            if not specimen:
                return
            self.set_font(FAMILY, "B", WATERMARK)
            self.set_text_color(*PALE)
            word = translate("letter.watermark", language)
            with self.rotation(52.0, self.w / 2, self.h / 2):
                self.text((self.w - self.get_string_width(word)) / 2, self.h / 2, word)
            self.set_text_color(*INK)
            self.set_xy(self.l_margin, self.t_margin)

    pdf = Pages(format="A4")
    _add_fonts(pdf)
    pdf.set_lang(language)
    pdf.set_margins(LEFT, TOP)
    pdf.c_margin = 0.0
    pdf.set_auto_page_break(True, margin=TOP)
    pdf.set_text_color(*INK)
    pdf.add_page()
    height = SIZE * MILLIMETRES * LEADING
    for block in _blocks(text.replace("\t", "    ")):
        pdf.set_font(FAMILY, "", SIZE)
        lines = [line for paragraph in block for line in paragraph.split("\n")]
        broken = (pdf.multi_cell(0, height, line, dry_run=True, output="LINES") for line in lines)
        n_lines = sum(len(cast(list[str], each)) for each in broken)
        needed = height * (n_lines + BETWEEN * (len(block) - 1))
        if needed <= pdf.eph and pdf.will_page_break(needed):
            pdf.add_page()
        for paragraph in block:
            heading = paragraph is not block[-1] and _is_heading(paragraph)
            pdf.set_font(FAMILY, "B" if heading else "", SIZE)
            for line in paragraph.split("\n"):
                pdf.multi_cell(0, height, line, align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(height * (BELOW_HEADING if heading else BETWEEN))
    return pdf


def _blocks(text: str) -> list[list[str]]:
    """The paragraphs that stay on one page together: a heading and what it is over, and the last three, so that the
    closing words and the name never stand alone."""
    blocks: list[list[str]] = []
    paragraphs = text.split("\n\n")
    for place, paragraph in enumerate(paragraphs):
        after_heading = bool(blocks) and _is_heading(blocks[-1][-1])
        if after_heading or (blocks and place >= len(paragraphs) - 2):
            blocks[-1].append(paragraph)
        else:
            blocks.append([paragraph])
    return blocks


def _is_heading(paragraph: str) -> bool:
    """Whether a paragraph with another one after it is a heading."""
    line = paragraph.strip()
    return "\n" not in line and len(line) <= MAX_HEADING and line[-1:].isalnum() and NUMBERED.match(line) is None
