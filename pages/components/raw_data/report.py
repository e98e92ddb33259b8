"""The parts of the raw-data screen: the rows read, their alignment, the API's answer, and the request."""

from __future__ import annotations

import json
import shlex

import pandas as pd
import streamlit as st

from core.alignment.client_id import ID
from core.alignment.own_columns import without_ours
from core.api.responses import answer, refusal, solvency_and_threshold, yes_or_no
from core.batch.reading_notes import how_read
from core.batch.sources import index_source
from core.dictionary.lookup import name_as_sent
from core.errors import InputRefused, Problem
from core.i18n.translations import Language, translate, translate_impossible
from core.insights import sentences
from core.insights.alignment_report import alignment_rows, as_sent
from core.readers.intake import Intake
from core.records import Assessments
from pages.components import resources
from pages.components.downloads import show_download
from pages.components.messages import plain, show_problems

ROUTES = {"/predict_proba": solvency_and_threshold, "/predict": yes_or_no}
MAX_IN_LINE = 3
WIDTHS = (180, 180, 80, 80, 110, 320)
"""Of the report's columns in pixels, so that how a value is coded can be read without scrolling."""


def show_read(sent: Intake, language: Language) -> None:
    """Show how the input was read, and its rows as they were sent."""
    how = plain(how_read(sent.how, language))
    st.success(translate("read.clients", language, n=sent.n_rows, how=how), icon=":material/check:")
    with st.expander(translate("raw.sent", language)):
        st.dataframe(pd.DataFrame(as_sent(sent.as_sent())), hide_index=True)


def show_alignment(sent: Intake, assessments: Assessments, language: Language) -> None:
    """Show the alignment report of one client: for each model column, the cell sent, the value used, and its origin."""
    model = resources.model()
    st.subheader(translate("raw.alignment", language), anchor=False)
    if assessments.aligned.refused:
        refused = sent.numbered(assessments.aligned.refused)
        show_problems(refused, assessments.aligned.refused_total, language)
    totals = index_source(sent).totals if sent.how.kind != "json" else 0
    if totals:
        show_problems(sent.numbered([Problem("totals_row", totals, ID)]), 1, language)
    if not len(assessments):
        return
    index = 0
    if len(assessments) > 1:
        chosen = st.number_input(
            translate("raw.which", language, n=len(assessments)), 1, len(assessments), 1, key="raw_which"
        )
        index = int(chosen) - 1
    row = sent.row(assessments.aligned.rows[index])
    st.caption(translate("raw.client", language, client=str(assessments.aligned.ids[index])))
    for impossible in assessments.aligned.impossible.get(index, ()):
        sentence = translate("raw.impossible", language, sentence=translate_impossible(impossible, language))
        st.error(plain(sentence), icon=":material/error:")
    rows = pd.DataFrame(alignment_rows(row, assessments.aligned, index, model.bundle, language))
    widths = {name: st.column_config.Column(width=width) for name, width in zip(rows.columns, WIDTHS, strict=True)}
    st.dataframe(rows, hide_index=True, column_config=widths)
    if assessments.aligned.missing_markers:
        st.caption(translate("read.markers", language, n=assessments.aligned.missing_markers))
    unknown = without_ours(assessments.aligned.unknown)
    left_out = sentences.left_out(unknown, model.bundle, language)
    if left_out:
        st.markdown(translate("report.left_out", language, names=", ".join(left_out)))
    ignored = sentences.not_left_out(unknown, model.bundle)
    if ignored:
        with st.expander(translate("report.ignored", language, n=len(ignored))):
            names = [name_as_sent(name, language) for name in ignored]
            st.dataframe(pd.DataFrame({translate("raw.column", language): names}), hide_index=True)


def show_api_answer(assessments: Assessments, language: Language) -> None:
    """Show the JSON document that the API would return, if the toggle is on; one bad row refuses the whole request."""
    st.subheader(translate("raw.answer", language), anchor=False)
    if not st.toggle(translate("raw.show_answer", language), key="raw_answer", persist_state="session"):
        return
    route = st.segmented_control(
        translate("raw.route", language), list(ROUTES), default="/predict_proba", required=True, key="raw_route"
    )
    if assessments.aligned.refused:
        st.json(refusal(InputRefused(assessments.aligned.refused, assessments.aligned.refused_total)))
    else:
        st.json(answer(assessments, resources.model(), ROUTES[str(route)]))


def show_request(sent: Intake, language: Language) -> None:
    """Show the request as a curl command, with its body as a download."""
    st.subheader(translate("raw.request", language), anchor=False)
    address = f"{(st.context.url or 'http://localhost:8501').split('/raw-data')[0].rstrip('/')}/predict_proba"
    start = f"curl -X POST {shlex.quote(address)} -H 'Content-Type: application/json' --data-binary"
    show_download(translate("raw.download", language), lambda: _body(sent), "clients.json", "json", key="raw_download")
    st.code(f"{start} @clients.json", language="bash", wrap_lines=True)
    if sent.n_rows <= MAX_IN_LINE:
        with st.expander(translate("raw.whole", language)):
            st.code(f"{start} {shlex.quote(_body(sent))}", language="bash", wrap_lines=True)


def _body(sent: Intake) -> str:
    return json.dumps({"data": sent.as_sent()}, ensure_ascii=False)
