"""The rows of a file that could not be scored: what is wrong with each, and a file of them to correct."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.batch import summary
from core.batch.background import ScoringJob
from core.batch.rejects import ENDINGS as REJECTS_ENDINGS
from core.batch.rejects import rejects_file, rejects_workbook
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, translate
from core.readers.intake import Intake
from pages.components.downloads import show_download


def show_refused(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Show what is wrong with the refused rows, and the downloads of these rows for correction."""
    intake = job.intake
    if intake is not None:
        _show_refused_downloads(intake, portfolio, language)
    listed = portfolio.problems[: summary.LISTED]
    # A static table: its cells wrap, so that no reason is cut off.
    st.table(
        pd.DataFrame(summary.problem_rows(intake.numbered(listed) if intake else listed, language)), hide_index=True
    )
    if intake is not None:
        st.caption(translate("messages.rows", language))
    if len(portfolio.problems) > summary.LISTED:
        st.caption(translate("portfolio.listed", language, n=len(portfolio.problems), most=summary.LISTED))


def _show_refused_downloads(intake: Intake, portfolio: Portfolio, language: Language) -> None:
    """Draw the downloads of the refused rows for correction: in the upload's format, and as a workbook."""
    name = translate("export.file_rejects", language)
    same_format, workbook, _ = st.columns([3, 2, 3])
    kind = intake.how.kind
    with same_format:
        show_download(
            translate("portfolio.mend", language),
            lambda: rejects_file(summary.rejected_rows(intake, portfolio, language), intake.how),
            f"{name}.{REJECTS_ENDINGS[kind]}",
            kind,
            key="portfolio_rejects",
            icon=":material/build:",
        )
    if kind != "excel":
        with workbook:
            show_download(
                translate("portfolio.mend_excel", language),
                lambda: rejects_workbook(summary.rejected_rows(intake, portfolio, language)),
                f"{name}.xlsx",
                "excel",
                key="portfolio_rejects_excel",
                icon=":material/build:",
            )
