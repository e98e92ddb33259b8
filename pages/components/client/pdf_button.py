"""The button that downloads a client's file as PDF; the PDF is made when the button is pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.i18n.translations import translate
from core.records import Assessments
from core.reports.client_report import make_client_report
from core.reports.pdf import write_pdf
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.downloads import show_download


def show_pdf_button(file: ClientFile) -> None:
    """Draw the button that downloads the client's file."""
    _button(file, "paper.button", "paper.name", file.row, file.assessments)


def show_simulation_button(
    file: ClientFile, row: Mapping[str, object], assessments: Assessments, simulates: Sequence[str]
) -> None:
    """Draw the button that downloads a simulation, marked as such in large letters.

    row, assessments: the edited file and its assessment. simulates: one sentence for each change.
    """
    _button(file, "paper.button_simulation", "paper.name_simulation", row, assessments, simulates)


def _button(
    file: ClientFile,
    label: str,
    name: str,
    row: Mapping[str, object],
    assessments: Assessments,
    simulates: Sequence[str] = (),
) -> None:
    def make() -> bytes:
        settings = resources.settings()
        report = make_client_report(
            resources.model(),
            row,
            assessments,
            synthetic=file.synthetic,
            today=date.today(),
            review_band=settings.review_band,
            language=file.language,
            currency=settings.currency,
            simulates=simulates,
        )
        return write_pdf(report)

    show_download(
        translate(label, file.language),
        make,
        translate(name, file.language, client=str(file.client)),
        "pdf",
        key=label,
        icon=":material/picture_as_pdf:",
    )
