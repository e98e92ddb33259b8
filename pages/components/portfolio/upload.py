"""Chooses a file of clients or the loaded clients to score, and shows the progress."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from core.batch.background import LoadedClients, ScoringJob
from core.batch.progress import Progress
from core.errors import ScoringError
from core.i18n.translations import Language, number, translate
from core.monitoring.observed import Observed
from pages.components import resources
from pages.components.auth import has_access
from pages.components.file_choices import choices_for, read_file, show_choices
from pages.components.journal.access import journal_if_any
from pages.components.messages import plain, show_error
from pages.components.session import is_gone, session, visit_contents, visit_token, widget

FILE = "portfolio_file"
REFRESHES_PER_SECOND = 2
STOP_TIMEOUT = 1.0
"""Seconds to wait for a stopped job."""
MAX_SECONDS_SHOWN = 90
"""Above this number of seconds, the remaining time is shown in minutes."""


def choose_portfolio(
    language: Language,
    *,
    show_notes: Callable[[ScoringJob, Language], None] | None = None,
    show_start: Callable[[Language], None] | None = None,
) -> ScoringJob | None:
    """Draw the upload; returns the job once it has ended, None before.

    Where a portfolio is there, the upload is folded below its file's name, with what show_notes tells of that file.
    show_start draws what is shown before the first file.
    """
    job = visit_contents().job
    if job is None or isinstance(job.error, ScoringError):
        _show_input(language)
    else:
        name = translate("portfolio.in_use", language, name=plain(_name(job, language)))
        with st.expander(name, icon=":material/upload_file:", key=f"portfolio_input_{id(job)}"):
            if show_notes is not None:
                show_notes(job, language)
            _show_input(language)
    if job is None:
        if show_start is not None:
            show_start(language)
        return None
    if not job.is_over:
        _watch(job, language)
        return None
    if isinstance(job.error, ScoringError):
        show_error(job.error, language)
        file = widget(FILE)
        if file is not None and not is_gone(file):
            show_choices(job.error, file.getvalue(), "portfolio", language, _read_file)
        return None
    if job.error is not None:
        raise job.error
    return job


def _show_input(language: Language) -> None:
    """Draw the upload, and the button that scores the loaded clients."""
    limits, clients = resources.settings(), resources.loaded_clients()
    upload, loaded = st.columns([3, 2])
    upload.file_uploader(
        translate("portfolio.file", language), key=FILE, max_upload_size=limits.max_upload_mb, on_change=_read_file
    )
    with loaded:
        st.markdown(translate("portfolio.or", language))
        st.button(
            translate("portfolio.score_loaded", language, n=len(clients)),
            icon=":material/groups:",
            width="stretch",
            on_click=_score_loaded,
        )


@st.fragment(run_every=1 / REFRESHES_PER_SECOND)
def _watch(job: ScoringJob, language: Language) -> None:
    """Show the progress and the button that stops the job; rerun the whole screen when it ends."""
    if job.is_over or not has_access():
        st.rerun()
    pace, name = job.progress, plain(_name(job, language))
    bar, stop = st.columns([3, 1], vertical_alignment="center")
    if pace is not None:
        words = progress(pace, language)
    elif job.waiting:
        words = translate("portfolio.waiting", language, name=name)
    else:
        words = translate("portfolio.reading", language, name=name)
    bar.progress(0.0 if pace is None else pace.done / max(pace.total, 1), text=words)
    stop.button(
        translate("portfolio.stop", language),
        icon=":material/stop_circle:",
        on_click=_stop,
        args=(job,),
        width="stretch",
    )


def _stop(job: ScoringJob) -> None:
    """Stop the job, and wait briefly, so that the next run of the page shows its result."""
    job.stop()
    job.wait(STOP_TIMEOUT)


def progress(pace: Progress, language: Language) -> str:
    """A sentence on the progress, the rate, and the remaining time at this rate."""
    words = translate(
        "portfolio.progress",
        language,
        n=pace.total,
        done=pace.done,
        total=pace.total,
        rate=number(pace.rate, language),
    )
    if pace.explaining:
        return translate("portfolio.explaining", language, words=words, n=pace.explaining)
    if not math.isfinite(pace.remaining):
        return words
    in_minutes = pace.remaining > MAX_SECONDS_SHOWN
    n = math.ceil(pace.remaining / 60) if in_minutes else math.ceil(pace.remaining)
    time = (
        translate("portfolio.minutes", language, n=n) if in_minutes else translate("portfolio.seconds", language, n=n)
    )
    return translate("portfolio.remaining", language, words=words, time=time)


def _name(job: ScoringJob, language: Language) -> str:
    return translate("portfolio.loaded_name", language) if job.loaded else job.name


def _read_file() -> None:
    file, visit, limits = widget(FILE), visit_contents(), resources.settings()
    if is_gone(file):
        return
    visit.stop_scoring()
    session().start_queue()
    if file is None:
        visit.job = None
        return
    content = file.getvalue()
    choices, visitor = choices_for(content), visit_token()
    visit.job = ScoringJob(
        resources.model(),
        lambda stopping: read_file(
            content,
            max_bytes=limits.max_upload_mb * 2**20,
            max_rows=limits.max_upload_rows,
            choices=choices,
            stopping=stopping,
            visitor=visitor,
        ),
        name=file.name,
        review_band=limits.review_band,
        visitor=visitor,
        observer=Observed(resources.model().bundle, journal_if_any()),
    )


def _score_loaded() -> None:
    visit, clients = visit_contents(), resources.loaded_clients()
    visit.stop_scoring()
    session().start_queue()
    visit.job = ScoringJob(
        resources.model(),
        lambda stopping: LoadedClients(clients),
        name="",
        review_band=resources.settings().review_band,
        loaded=True,
        visitor=visit_token(),
        observer=Observed(resources.model().bundle),
    )
