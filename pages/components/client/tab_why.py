"""The part "Why": the reasons in words, and four views of the contributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.i18n.translations import Language, translate
from core.insights.history_facts import Counts, record_counts
from core.insights.reason_sentences import holds_black_box, reasons_in_words
from core.records import Contribution, Explanation
from core.scoring.explanation import reasons
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.client.why_columns import show_columns, show_features
from pages.components.client.why_themes import show_themes
from pages.components.client.why_typical import show_typical

VIEWS: dict[str, Callable[[Explanation, Language], None]] = {
    "themes": show_themes,
    "columns": show_columns,
    "usual": show_typical,
    "all": show_features,
}


def show_why(file: ClientFile) -> None:
    """Show the reasons and the chosen view; a sentence if the model cannot be explained."""
    language = file.language
    st.subheader(translate("why.title", language), anchor=False)
    if file.explanation is None:
        st.info(translate("why.not_explained", language), icon=":material/info:")
        return
    show_reasons(file.explanation, language)
    view = st.segmented_control(
        translate("why.view", language),
        list(VIEWS),
        default="themes",
        required=True,
        key="why_view",
        persist_state="session",
        format_func=lambda each: translate(f"why.{each}", language),
        label_visibility="collapsed",
    )
    VIEWS[view](file.explanation, language)


def show_reasons(explanation: Explanation, language: Language) -> None:
    """Show the three largest reasons for the client and the three largest against."""
    best, counts = reasons(explanation), record_counts(explanation.contributions)
    for column, key, chosen in zip(st.columns(2), ("raising", "lowering"), (best.raising, best.lowering), strict=True):
        with column.container(border=True, height="stretch"):
            _reasons(key, chosen, counts, language)
    if holds_black_box([*best.raising, *best.lowering]):
        st.caption(translate("why.black_box", language))


def _reasons(key: str, chosen: Sequence[Contribution], counts: Counts, language: Language) -> None:
    st.markdown(f"**{translate(f'why.{key}', language)}**")
    if not chosen:
        st.markdown(translate("why.nothing", language))
    bundle, currency = resources.model().bundle, resources.settings().currency
    for sentence in reasons_in_words(chosen, bundle, language, currency, counts):
        st.markdown(f"- {sentence}")
