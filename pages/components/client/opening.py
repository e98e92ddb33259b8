"""Opens a client: by its address, one of the loaded clients, of an uploaded file, or of the portfolio.

A client is shown only after it has been assessed; if that fails, the error is stored and the open client stays open.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.errors import InputRefused, Problem, ScoringError
from core.records import Assessments
from core.scoring.assess import assess
from pages.components import resources
from pages.components.session import once, session, set_widget, visit_contents

SEARCH = "client_search"
IN_LOADED, IN_FILE, IN_QUEUE = "id", "uploaded", "queued"
"""Query parameters with the id of the open client: a loaded one, one of the visit's file, or of its portfolio's."""


def follow_address() -> None:
    """Open the client of the address if it has changed; without one there, write the open client into the address."""
    state = session()
    opened = {IN_LOADED: state.loaded, IN_QUEUE: state.queued, IN_FILE: state.from_file}
    given = {each: st.query_params.get(each, "").strip() for each in opened}
    for parameter in opened:
        if given[parameter]:
            once(parameter, given[parameter], partial(_open_from_address, parameter, given[parameter]))
            return
    for parameter, client in opened.items():
        if client:
            st.query_params[parameter] = client


def _set_address(parameter: str, client: str) -> None:
    for other in (IN_LOADED, IN_QUEUE, IN_FILE):
        if other != parameter:
            st.query_params.pop(other, None)
            once(other, None, lambda: None)
    st.query_params[parameter] = client
    once(parameter, client, lambda: None)


def open_loaded(client: str) -> None:
    """Open a loaded client and set the address's id; an error is stored in the session and shown later."""
    clients = resources.loaded_clients()
    try:
        _put_on_screen(clients.row(client), synthetic=clients.synthetic)
    except ScoringError as error:
        session().last_error = error
        return
    state = session()
    state.loaded, state.last_error = client, None
    _set_address(IN_LOADED, client)


def queued_address(client: str, *, uploaded: bool) -> dict[str, str]:
    """The query parameter that opens a client of the portfolio, whose file was uploaded or is that of the loaded."""
    return {IN_QUEUE if uploaded else IN_LOADED: client}


def open_queued(client: str, *, uploaded: bool) -> None:
    """Open a client of the portfolio and set the address; an error is stored in the session and shown later."""
    set_widget(SEARCH, "")
    if not uploaded:
        open_loaded(client)
        return
    try:
        _open_from_queue(client)
    except ScoringError as error:
        session().last_error = error


def _open_from_address(parameter: str, client: str) -> None:
    """Open the client in the address; clears the search, which could show another client."""
    if parameter == IN_FILE:
        _open_from_file_address(client)
    else:
        open_queued(client, uploaded=parameter == IN_QUEUE)


def _open_from_file_address(client: str) -> None:
    """Open the uploaded client of the address, as after a reload; an error is stored if the file is gone."""
    try:
        if client not in visit_contents().uploaded:
            raise InputRefused([Problem("upload_gone", facts={"client": client})])
        open_from_file(client)
    except ScoringError as error:
        session().last_error = error


def _open_from_queue(client: str) -> None:
    """Open a client of the portfolio's file, whose other clients can then be chosen too.

    Raises InputRefused if the file is gone or the client cannot be assessed.
    """
    visit = visit_contents()
    clients = visit.clients_of_job()
    if clients is None or visit.job is None or client not in clients:
        raise InputRefused([Problem("upload_gone", facts={"client": client})])
    visit.uploaded, visit.uploaded_name = clients, visit.job.name
    _put_on_screen(clients[client], synthetic=False)
    session().queued, session().last_error = client, None
    _set_address(IN_QUEUE, client)


def _put_on_screen(row: dict[str, Any], *, synthetic: bool, assessments: Assessments | None = None) -> None:
    """Make a client the open one. Raises InputRefused if it cannot be assessed.

    assessments: its assessment, if it exists already.
    """
    if assessments is None:
        assessments = assess(resources.model(), [row], review_band=resources.settings().review_band)
    state = session()
    state.row, state.assessments, state.synthetic = row, assessments, synthetic
    state.loaded, state.from_file, state.queued = "", "", ""


def open_from_file(client: str, assessments: Assessments | None = None) -> None:
    """Open an uploaded client and set the address; clears the search, which could show another client.

    Raises InputRefused if the client cannot be assessed.
    """
    _put_on_screen(visit_contents().uploaded[client], synthetic=False, assessments=assessments)
    session().from_file = client
    set_widget(SEARCH, "")
    _set_address(IN_FILE, client)
