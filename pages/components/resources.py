"""What is loaded once and shared by every visitor; the only home of Streamlit's caches. All of it is read-only.

Nothing that comes from an upload is shared: what a visitor brings is cached for that visit alone.
"""

from __future__ import annotations

import gc

import streamlit as st

from core.insights.reference_sample import ReferenceSample, take_sample
from core.readers.client_store import Clients, load_clients
from core.records import Verdict
from core.scoring.assess import Model, assess, open_model
from core.settings import Settings, read_settings
from core.what_if.loan_offer import LoanMap, map_loans

LOOKED_AT = 400


@st.cache_resource(max_entries=1, show_spinner=False)
def settings() -> Settings:
    """The settings, read once at start."""
    return read_settings()


@st.cache_resource(max_entries=1, show_spinner=False)
def model() -> Model:
    """The model, checked and loaded once at start."""
    return open_model(settings().model_folder, settings().trusted_digests, settings().model_digest)


@st.cache_resource(max_entries=1, show_spinner=False)
def loaded_clients() -> Clients:
    """The clients to pick from; synthetic unless CLIENTS names a file of one's own."""
    return load_clients(
        settings().clients_file,
        synthetic=settings().clients == Settings().clients,
        vocabulary=model().aligner.vocabulary,
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def crowd() -> ReferenceSample:
    """As many of the loaded clients as a picture can hold, assessed once."""
    return take_sample(model(), loaded_clients())


@st.cache_resource(max_entries=1, show_spinner=False)
def examples() -> dict[Verdict, str]:
    """One loaded client's id for each verdict, among the first few hundred, to open with one click."""
    clients = loaded_clients()
    rows = clients.rows(range(min(LOOKED_AT, len(clients))))
    found = assess(model(), rows, review_band=settings().review_band, keep_good=True, whole=False)
    order = sorted(range(len(found)), key=lambda index: found.probability[index])
    picked: dict[Verdict, str] = {}
    for index in order[len(order) // 4 :] + order[: len(order) // 4]:
        picked.setdefault(found.decisions[index].verdict, str(found.aligned.ids[index]))
    return picked


@st.cache_resource(max_entries=4, show_spinner=False, scope="session")
def loans(digest: str, row: dict[str, object], review_band: float) -> LoanMap | None:
    """The map of loans around what a client asks for, drawn again in another language or theme without scoring.

    digest: of the bundle that scores it. It ends with the visit, as everything does that comes from an upload.
    """
    return map_loans(model(), row, review_band=review_band)


@st.cache_resource(max_entries=1, show_spinner=False)
def settled() -> bool:
    """Once, when the first page stands: what is loaded by now stays loaded, so the collector passes it over.

    A full collection that looks through all the libraries stops every thread for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    return True
