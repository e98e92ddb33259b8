"""The portfolio before a file is chosen: what to bring, a template, and what comes of it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.alignment.client_id import ID
from core.batch import summary
from core.batch.export import ENDINGS, Format, as_bytes
from core.batch.template import template_table
from core.i18n.translations import Language, number, translate
from pages.components import resources
from pages.components.charts.palette import palette
from pages.components.downloads import show_download
from pages.components.portfolio.rows import bar_in_words, line_html

TEMPLATES: tuple[Format, ...] = ("csv", "excel")


def show_welcome(language: Language) -> None:
    """Show what a file needs, a template of it, and the line that its example client would get."""
    bring, comes = st.columns(2, gap="large")
    with bring:
        _show_what_to_bring(language)
    with comes:
        _show_what_comes(language)


def _show_what_to_bring(language: Language) -> None:
    bundle, limits = resources.model().bundle, resources.settings()
    st.subheader(translate("portfolio.bring", language), anchor=False)
    essential = [f"`{name}`" for name in (ID, *(each.name for each in bundle.columns if each.essential))]
    rows = number(limits.max_upload_rows, language)
    st.markdown(translate("portfolio.bring_how", language, columns=", ".join(essential), rows=rows))
    with st.container(horizontal=True):
        for form in TEMPLATES:
            show_download(
                translate(f"portfolio.template_{form}", language),
                partial(_template, form, language),
                f"{translate('export.file_template', language)}.{ENDINGS[form]}",
                form,
                key=f"portfolio_template_{form}",
            )


def _template(form: Format, language: Language) -> bytes:
    return as_bytes(template_table(resources.model().bundle), form, language)


def _show_what_comes(language: Language) -> None:
    st.subheader(translate("portfolio.comes", language), anchor=False)
    st.markdown(translate("portfolio.comes_how", language))
    example, model = resources.example_portfolio(), resources.model()
    if not len(example.results):
        return
    line = 1.0 - example.threshold
    st.caption(f"{translate('portfolio.comes_example', language)} {bar_in_words(line, language)}")
    (each,) = summary.lines(example.results, [0], model.bundle, language, resources.settings().currency)
    with st.container(border=True, key="queue_example"):
        st.html(line_html(each, line, language, palette()))
