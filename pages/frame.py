"""The frame of every screen: page list, page configuration, sidebar and language. No decision lives here.

It stands inside `pages/` so that there is no folder of that name beside it: Streamlit would take such a
folder for its older kind of pages when the first visitor after a start opens a deep link.
"""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import translate
from core.settings import ROOT, VERSION
from pages.components import resources
from pages.components.auth import has_access
from pages.components.layout.demo_banner import show_banner
from pages.components.layout.not_found import show_not_found, unknown_address
from pages.components.layout.sidebar import show_sidebar, show_source
from pages.components.layout.streamlit_labels import show_streamlit_labels
from pages.components.session import follow_language, forget_left_widgets, tab_title

SIDEBAR = 248
"""Width of the navigation in pixels, under a fifth of a laptop's window."""

st.set_page_config(page_icon=str(ROOT / "assets" / "favicon.png"), layout="wide", initial_sidebar_state=SIDEBAR)

language = follow_language()
show_streamlit_labels(language)
show_banner(language)
client = st.Page("client.py", title=translate("page.client", language), icon=":material/person:", url_path="client")
portfolio = st.Page(
    "portfolio.py", title=translate("page.portfolio", language), icon=":material/groups:", url_path="portfolio"
)
raw_data = st.Page(
    "raw_data.py", title=translate("page.raw_data", language), icon=":material/data_object:", url_path="raw-data"
)

journal = st.Page("journal.py", title=translate("page.journal", language), icon=":material/gavel:", url_path="journal")

model = st.Page("model.py", title=translate("page.model", language), icon=":material/analytics:", url_path="model")


def start() -> None:
    """Redirect the bare address, with its query, to the client screen."""
    st.switch_page(client, query_params=st.query_params.to_dict())


def not_found() -> None:
    """The screen of an unknown address."""
    show_not_found(screens, language)


screens = [client, portfolio, raw_data, journal, model]
home = st.Page(start, title="Aval", url_path="start", default=True, visibility="hidden")
unknown_path = unknown_address([screen.url_path for screen in (home, *screens)])
unknown = (
    [st.Page(not_found, title=translate("nowhere.title", language), url_path=unknown_path, visibility="hidden")]
    if unknown_path
    else []
)
page = st.navigation([home, *screens, *unknown], position="sidebar" if has_access() else "hidden")
show_sidebar()
page.run()
show_source(of_portfolio=page == portfolio)
resources.freeze_loaded_objects()
forget_left_widgets()
# The title names the open client, which is known only after the page has run.
st.set_page_config(
    page_title=translate("page.tab", language, screen=tab_title(page.title, on_client=page == client)),
    menu_items={"About": translate("frame.about_text", language, version=VERSION)},
)
