"""Choosing a file of clients or the loaded clients, and the progress while they are scored."""

from __future__ import annotations

import math

import streamlit as st

from core.batch.background import LoadedClients, ScoringJob
from core.batch.progress import Progress
from core.errors import ScoringError
from core.i18n.translations import Language, number, translate
from pages.components import resources
from pages.components.auth import has_access
from pages.components.file_choices import ask_what_is_open, choices_for, read_file
from pages.components.messages import plain, show_error
from pages.components.session import session, widget

FILE = "portfolio_file"
LOOKS_A_SECOND = 2
SOON = 1.0
"""Seconds."""
A_MINUTE = 90


def choose_portfolio(language: Language) -> ScoringJob | None:
    """The file, or the loaded clients; the portfolio once it is scored, None before."""
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
    run = session().run
    if run is None:
        return None
    if not run.is_over:
        _watch(run, language)
        return None
    if isinstance(run.error, ScoringError):
        show_error(run.error, language)
        file = widget(FILE)
        if file is not None:
            ask_what_is_open(run.error, file.getvalue(), "portfolio", language, _read_file)
        return None
    if run.error is not None:
        raise run.error
    return run


@st.fragment(run_every=1 / LOOKS_A_SECOND)
def _watch(run: ScoringJob, language: Language) -> None:
    """Show the progress and the button that stops the job; rerun the whole screen when it ends."""
    if run.is_over or not has_access():
        st.rerun()
    pace, name = run.pace, plain(_name(run, language))
    bar, stop = st.columns([3, 1], vertical_alignment="center")
    if pace is not None:
        words = progress(pace, language)
    elif run.waiting:
        words = translate("portfolio.waiting", language, name=name)
    else:
        words = translate("portfolio.reading", language, name=name)
    bar.progress(0.0 if pace is None else pace.done / max(pace.total, 1), text=words)
    stop.button(
        translate("portfolio.stop", language),
        icon=":material/stop_circle:",
        on_click=_stop,
        args=(run,),
        width="stretch",
    )


def _stop(run: ScoringJob) -> None:
    """Stop the job, and wait a moment for its outcome, so that the next run shows it."""
    run.stop()
    run.wait(SOON)


def progress(pace: Progress, language: Language) -> str:
    """A sentence on the progress, the rate, and the remaining time at this rate."""
    words = translate(
        "portfolio.progress", language, done=pace.done, total=pace.total, rate=number(pace.rate, language)
    )
    if pace.explaining:
        return translate("portfolio.explaining", language, words=words, n=pace.explaining)
    if not math.isfinite(pace.remaining):
        return words
    in_minutes = pace.remaining > A_MINUTE
    n = math.ceil(pace.remaining / 60) if in_minutes else math.ceil(pace.remaining)
    time = (
        translate("portfolio.minutes", language, n=n) if in_minutes else translate("portfolio.seconds", language, n=n)
    )
    return translate("portfolio.remaining", language, words=words, time=time)


def _name(run: ScoringJob, language: Language) -> str:
    return translate("portfolio.loaded_name", language) if run.loaded else run.name


def _read_file() -> None:
    file, state, limits = widget(FILE), session(), resources.settings()
    if state.run is not None:
        state.run.stop()
    if file is None:
        state.run = None
        return
    content = file.getvalue()
    choices = choices_for(content)
    state.run = ScoringJob(
        resources.model(),
        lambda stopping: read_file(
            content,
            max_bytes=limits.max_upload_mb * 2**20,
            max_rows=limits.max_upload_rows,
            choices=choices,
            stopping=stopping,
        ),
        name=file.name,
        review_band=limits.review_band,
    )


def _score_loaded() -> None:
    state, clients = session(), resources.loaded_clients()
    if state.run is not None:
        state.run.stop()
    state.run = ScoringJob(
        resources.model(),
        lambda stopping: LoadedClients(clients),
        name="",
        review_band=resources.settings().review_band,
        loaded=True,
    )
