"""Lays a client's report out as PDF: one or two pages of A4, in DejaVu Sans, with the gauge as vectors.

fpdf2 is imported only when a report is requested: it takes a third of a second and 30 MB, and most visits print none.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from core.i18n.translations import percent, translate
from core.records import Decision, Verdict
from core.reports.client_report import ClientReport, Section
from core.settings import ROOT

if TYPE_CHECKING:
    from fpdf import FPDF

    class Document(FPDF):
        """A PDF with the code points that its fonts have, and the number of other characters that were replaced."""

        replaced: int
        signs: frozenset[int]


FONTS = ROOT / "assets" / "fonts"
FAMILY = "DejaVu"
MARGIN, GAP, FOOT = 16.0, 5.0, 18.0
BODY, SMALL, HEADING, TITLE, BANNER = 9.0, 7.5, 10.5, 18.0, 26.0
LEADING = 1.35
COLUMNS = 4
UNKNOWN_SIGN = "\N{REPLACEMENT CHARACTER}"
MILLIMETRES = 25.4 / 72.0
RADIUS, THICKNESS = 30.0, 8.0

Colour = tuple[int, int, int]
INK: Colour = (0x1B, 0x27, 0x33)
FAINT: Colour = (0xC4, 0xCB, 0xD2)
SOFT_FAVOURABLE: Colour = (0xD3, 0xE5, 0xF3)
SOFT_UNFAVOURABLE: Colour = (0xF8, 0xDD, 0xCB)
COLOURS: dict[Verdict, Colour] = {
    Verdict.FAVOURABLE: (0x0B, 0x62, 0xA4),
    Verdict.UNFAVOURABLE: (0xB8, 0x43, 0x00),
    Verdict.TO_REVIEW: (0x6E, 0x1A, 0x55),
}
"""The screens' colours in the light theme; the text carries the same information without them."""


def write_pdf(report: ClientReport) -> bytes:
    """The report as the bytes of a PDF; equal reports give equal bytes."""
    pdf = _open(report)
    _write(pdf, report.title, TITLE, bold=True)
    _write(pdf, report.subtitle, SMALL)
    pdf.ln(GAP)
    _answer(pdf, report)
    pdf.ln(GAP)
    _facts(pdf, report)
    for section in report.sections:
        _section(pdf, section)
    if pdf.replaced:
        _write(pdf, translate("paper.replaced", report.language, n=pdf.replaced, sign=UNKNOWN_SIGN), SMALL)
    return bytes(pdf.output())


def _open(report: ClientReport) -> Document:
    if not TYPE_CHECKING:
        from fpdf import FPDF as Document  # noqa: N811

    class Pages(Document):
        """Pages that begin with the banner, if there is one, and end with the footer and the page number."""

        replaced = 0
        signs: frozenset[int] = frozenset()

        def header(self) -> None:
            if report.banner:
                _banner(self, report.banner)

        def footer(self) -> None:
            self.set_y(-FOOT)
            for line in report.footer:
                _write(self, line, SMALL)
            self.set_y(-FOOT)
            self.set_font(FAMILY, size=SMALL)
            self.cell(self.epw, SMALL * MILLIMETRES * LEADING, f"{report.title} · {self.page_no()}/{{nb}}", align="R")

    pdf = Pages(format="A4")
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(FAMILY, style, FONTS / file)
    pdf.signs = frozenset.intersection(*(frozenset(font.cmap) for font in pdf.fonts.values() if hasattr(font, "cmap")))
    pdf.set_creation_date(datetime.combine(report.day, time(), tzinfo=UTC))
    pdf.set_title(f"{report.banner} {report.title}".strip())
    pdf.set_lang(report.language)
    pdf.set_margin(MARGIN)
    pdf.c_margin = 0.0
    pdf.set_auto_page_break(True, margin=FOOT + GAP)
    pdf.set_text_color(*INK)
    pdf.add_page()
    return pdf


def _write(pdf: Document, text: str, size: float, *, bold: bool = False, width: float = 0.0) -> None:
    """Write a paragraph at the current position and move below it; **bold** is interpreted unless `bold` is set."""
    text = _replace_missing(pdf, text)
    pdf.set_font(FAMILY, "B" if bold else "", size)
    left = pdf.get_x()
    pdf.multi_cell(width, size * MILLIMETRES * LEADING, text, align="L", new_x="LEFT", new_y="NEXT", markdown=not bold)
    pdf.set_x(left)


def _replace_missing(pdf: Document, text: str) -> str:
    """Replace and count the characters that a font lacks; fpdf2 would write them to the log."""
    if all(ord(sign) in pdf.signs or sign == "\n" for sign in text):
        return text
    signs = [sign if ord(sign) in pdf.signs or sign == "\n" else UNKNOWN_SIGN for sign in text]
    pdf.replaced += sum(one != other for one, other in zip(text, signs, strict=True))
    return "".join(signs)


def _banner(pdf: Document, text: str) -> None:
    pdf.set_fill_color(*SOFT_UNFAVOURABLE)
    pdf.set_font(FAMILY, "B", BANNER)
    pdf.cell(pdf.epw, BANNER * MILLIMETRES * 1.6, text, align="C", fill=True, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(GAP)


def _answer(pdf: Document, report: ClientReport) -> None:
    """Draw the gauge on the left, and the recommendation with its sentences on the right."""
    top, width = pdf.get_y(), 2 * RADIUS + 24.0
    _gauge(pdf, report, pdf.l_margin + width / 2, top + RADIUS + 6.0)
    bottom = pdf.get_y()
    pdf.set_xy(pdf.l_margin + width + GAP, top + GAP)
    pdf.set_text_color(*COLOURS[report.decision.verdict])
    _write(pdf, report.opinion, TITLE - 2.0, bold=True)
    pdf.set_text_color(*INK)
    pdf.ln(1.5)
    pdf.set_x(pdf.l_margin + width + GAP)
    for sentence in report.answer:
        _write(pdf, sentence, BODY)
        pdf.set_y(pdf.get_y() + 1.2)
        pdf.set_x(pdf.l_margin + width + GAP)
    pdf.set_xy(pdf.l_margin, max(bottom, pdf.get_y()))


def _gauge(pdf: Document, report: ClientReport, x: float, y: float) -> None:
    """Draw a half ring from 0 to 100 % around (x, y), in millimetres from the page's corner, with the line across."""
    decision: Decision = report.decision
    line, solvency = decision.solvency_line, decision.solvency
    inner = RADIUS - THICKNESS
    for start, end, colour in ((0.0, line, SOFT_UNFAVOURABLE), (line, 1.0, SOFT_FAVOURABLE)):
        _ring(pdf, x, y, (inner, RADIUS), (start, end), colour)
    _ring(pdf, x, y, (inner + 2.0, RADIUS - 2.0), (0.0, solvency), COLOURS[decision.verdict])
    pdf.set_draw_color(*INK)
    pdf.set_line_width(1.0)
    pdf.line(*_point(x, y, inner - 1.5, line), *_point(x, y, RADIUS + 1.5, line))
    pdf.set_font(FAMILY, size=SMALL)
    for share, align in ((0.0, "R"), (0.5, "C"), (1.0, "L")):
        at_x, at_y = _point(x, y, RADIUS + 2.0, share)
        pdf.set_xy(at_x - {"R": 12.0, "C": 6.0, "L": 0.0}[align], at_y - (4.0 if align == "C" else 2.0))
        pdf.cell(12.0, 4.0, percent(share, report.language), align=align)
    pdf.set_text_color(*COLOURS[decision.verdict])
    pdf.set_font(FAMILY, "B", min(22.0, 150.0 / len(report.solvency)))
    pdf.set_xy(x - RADIUS, y - 10.0)
    pdf.cell(2 * RADIUS, 10.0, report.solvency, align="C")
    pdf.set_text_color(*INK)
    pdf.set_font(FAMILY, size=BODY)
    pdf.set_xy(x - RADIUS, y + 2.0)
    pdf.cell(2 * RADIUS, 5.0, report.line, align="C", new_x="LMARGIN", new_y="NEXT")


def _ring(
    pdf: Document, x: float, y: float, radii: tuple[float, float], shares: tuple[float, float], colour: Colour
) -> None:
    steps = max(2, round(90 * (shares[1] - shares[0])))
    along = [shares[0] + (shares[1] - shares[0]) * step / steps for step in range(steps + 1)]
    outside = [_point(x, y, radii[1], share) for share in along]
    inside = [_point(x, y, radii[0], share) for share in reversed(along)]
    pdf.set_fill_color(*colour)
    pdf.polygon([*outside, *inside], style="F")


def _point(x: float, y: float, radius: float, share: float) -> tuple[float, float]:
    """The point of a share on a half circle around (x, y): 0 on the left, 1 on the right."""
    angle = math.pi * (1.0 - share)
    return x + radius * math.cos(angle), y - radius * math.sin(angle)


def _facts(pdf: Document, report: ClientReport) -> None:
    """Write the facts in rows of COLUMNS between two lines."""
    width = (pdf.epw - GAP * (COLUMNS - 1)) / COLUMNS
    _rule(pdf)
    for start in range(0, len(report.facts), COLUMNS):
        top, bottoms = pdf.get_y(), []
        for place, (name, value) in enumerate(report.facts[start : start + COLUMNS]):
            pdf.set_xy(pdf.l_margin + place * (width + GAP), top)
            _write(pdf, name, SMALL, width=width)
            _write(pdf, value, BODY, bold=True, width=width)
            bottoms.append(float(pdf.get_y()))
        pdf.set_xy(pdf.l_margin, max(bottoms) + 1.2)
    _rule(pdf)


def _rule(pdf: Document) -> None:
    pdf.set_draw_color(*FAINT)
    pdf.set_line_width(0.3)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + pdf.epw, pdf.get_y())
    pdf.ln(1.5)


def _section(pdf: Document, section: Section) -> None:
    pdf.ln(2.5)
    if section.heading:
        _write(pdf, section.heading, HEADING, bold=True)
    for sentence in section.sentences:
        _write(pdf, sentence, BODY if section.heading else SMALL)
        pdf.ln(0.8)
