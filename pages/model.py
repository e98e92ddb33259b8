"""The model before those who answer for it: open a tab → compute from the bundle's aggregates → show."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import translate
from pages.components.auth import require
from pages.components.model.drift import show_drift
from pages.components.model.groups import show_groups
from pages.components.model.quality import show_quality
from pages.components.model.tabs import show_tabs
from pages.components.model.threshold import show_threshold
from pages.components.session import session

require()
language = session().language
st.header(translate("page.model", language), anchor=False)
st.markdown(translate("monitor.intro", language))
show_tabs({"quality": show_quality, "groups": show_groups, "threshold": show_threshold, "drift": show_drift}, language)
