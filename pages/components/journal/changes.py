"""Changes of the acceptance threshold, the newest first, and as a file."""

from __future__ import annotations

import streamlit as st
from babel.dates import format_datetime

from core.decisions.journal import Journal
from core.decisions.thresholds import ThresholdEntry, missing_changes, threshold_changes
from core.i18n.translations import Language, number, percent, translate
from core.model.set_threshold import changes_in
from core.records import digits_to_distinguish
from pages.components import resources
from pages.components.journal.access import is_demonstration
from pages.components.messages import plain

COMMAND = "`python -m core bundle set-threshold`"
RECORD = "`python -m core journal record-threshold`"


def show_changes(journal: Journal, language: Language) -> None:
    """Show every change with both thresholds on the solvency scale, who and why; and say which the journal lacks.

    Raises JournalError.
    """
    changes = threshold_changes(journal)
    st.caption(translate("journal.changes_how", language, command=COMMAND))
    bundle = resources.model().bundle
    missing = () if is_demonstration() else missing_changes(journal, changes_in(bundle.policy, bundle.digest))
    if missing:
        words = translate("journal.changes_missing", language, n=len(missing), command=RECORD)
        st.warning(words, icon=":material/warning:")
    if not changes:
        st.info(translate("journal.changes_none", language), icon=":material/info:")
        return
    for change in changes:
        with st.container(border=True):
            _show_change(change, language)


def _show_change(change: ThresholdEntry, language: Language) -> None:
    body = change.body
    digits = digits_to_distinguish(100.0 * (1.0 - body.threshold_before), 100.0 * (1.0 - body.threshold), 1)
    before, after = (percent(1.0 - each, language, digits) for each in (body.threshold_before, body.threshold))
    band = number(100.0 * body.review_band, language, 1)
    st.markdown(f"**{plain(translate('journal.change_line', language, before=before, after=after, band=band))}**")
    st.text(body.because)
    when = f"{format_datetime(change.when, 'd MMM y HH:mm', locale=language)} UTC"
    st.markdown(f"{plain(body.who)}, {plain(when)} · {translate('decision.not_checked', language)}")
    st.caption(
        translate(
            "journal.change_model",
            language,
            entry=str(body.sequence),
            digest=body.bundle[:12],
            before=body.bundle_before[:12],
            hash=change.hash[:12],
        )
    )
