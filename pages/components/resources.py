"""Objects that are loaded once and shared by all visitors, read-only; the only module that uses Streamlit's caches.

Data from an upload is cached for that visit only, and never shared; what visits hold is reached by their token alone.
"""

from __future__ import annotations

import gc

import streamlit as st

from core.batch.scorer import Portfolio
from core.batch.template import score_template
from core.decisions.database import address_of
from core.decisions.journal import Journal
from core.insights.reference_sample import ReferenceSample, take_sample
from core.readers.client_store import Clients, load_clients
from core.records import Verdict
from core.scoring.assess import Model, assess, open_model
from core.settings import Settings, read_settings
from core.web.sign_outs import FILE, SignOuts
from core.web.visits import Visits
from core.what_if.alternatives import Alternative, find_alternatives
from core.what_if.loan_offer import LoanMap, map_loans
from pages.components.streamlit_memory import n_bytes_uploaded
from pages.components.visit_contents import VisitContents

EXAMPLE_ROWS = 400


@st.cache_resource(max_entries=1, show_spinner=False)
def settings() -> Settings:
    """The settings, read once at the start."""
    return read_settings()


@st.cache_resource(max_entries=1, show_spinner=False)
def model() -> Model:
    """The model, checked and loaded once at the start."""
    return open_model(settings().model_folder, settings().trusted_digests, settings().model_digest)


@st.cache_resource(max_entries=1, show_spinner=False)
def visits() -> Visits[VisitContents]:
    """What visitors brought, by the token of their visit."""
    return Visits(VisitContents, max_bytes=settings().max_visits_mb * 2**20, n_bytes_beside=n_bytes_uploaded)


@st.cache_resource(max_entries=1, show_spinner=False)
def sign_outs() -> SignOuts:
    """The sign-ins that have ended, those before a restart too; all of them where no disk lasts."""
    lasting = settings().data_folder / FILE if settings().disk_lasts else None
    return SignOuts(settings().cookie_secret, lasting)


@st.cache_resource(max_entries=1, show_spinner=False)
def loaded_clients() -> Clients:
    """The clients that can be chosen; synthetic unless the setting CLIENTS names another file."""
    return load_clients(
        settings().clients_file,
        synthetic=settings().clients == Settings().clients,
        vocabulary=model().aligner.vocabulary,
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def journal() -> Journal:
    """The journal of decisions that the settings name; opened when it is first read or written."""
    return Journal(address_of(settings().database_url, settings().data_folder))


@st.cache_resource(max_entries=1, show_spinner=False)
def reference_sample() -> ReferenceSample:
    """An assessed sample of the loaded clients, of a size that a chart can show."""
    return take_sample(model(), loaded_clients())


@st.cache_resource(max_entries=1, show_spinner=False)
def examples() -> dict[Verdict, str]:
    """The id of one loaded client per verdict, among the first EXAMPLE_ROWS, for buttons that open them.

    Of the clients of a verdict it is the one in the middle by risk, so that none lies at the edge of the review band.
    """
    clients = loaded_clients()
    rows = clients.rows(range(min(EXAMPLE_ROWS, len(clients))))
    assessments = assess(model(), rows, review_band=settings().review_band, keep_good=True, whole=False)
    order = sorted(range(len(assessments)), key=lambda index: assessments.probability[index])
    alike = {verdict: [at for at in order if assessments.decisions[at].verdict is verdict] for verdict in Verdict}
    return {verdict: str(assessments.aligned.ids[at[len(at) // 2]]) for verdict, at in alike.items() if at}


@st.cache_resource(max_entries=1, show_spinner=False)
def example_portfolio() -> Portfolio:
    """The result of the portfolio's template, whose client is synthetic."""
    return score_template(model(), review_band=settings().review_band)


@st.cache_resource(max_entries=4, show_spinner=False, scope="session")
def loans(digest: str, row: dict[str, object], review_band: float) -> LoanMap | None:
    """The map of loans around a client's application, cached so that a new language or theme needs no scoring.

    digest: of the bundle, as part of the cache's key. review_band: in P(default). The cache ends with the visit,
    because the row may come from an upload.
    """
    return map_loans(model(), row, review_band=review_band)


@st.cache_resource(max_entries=4, show_spinner=False, scope="session")
def alternatives(digest: str, row: dict[str, object], review_band: float) -> tuple[Alternative, ...]:
    """The four ways to another outcome, of a row that has a map of loans; cached as `loans` is."""
    found = loans(digest, row, review_band)
    return () if found is None else find_alternatives(model(), row, found, review_band=review_band)


@st.cache_resource(max_entries=1, show_spinner=False)
def freeze_loaded_objects() -> bool:
    """Exclude all loaded objects from garbage collection; called after the first page.

    A full collection over all libraries would stop every thread for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    return True
