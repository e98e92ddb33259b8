"""An entry scored again, and what differs from the answer then."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.decisions.bundles import models_by_digest
from core.decisions.entry import Entry
from core.decisions.replay import Replayed, replay
from core.dictionary.lookup import label
from core.errors import JournalError
from core.i18n.translations import Language, percent, signed, translate, translate_problem
from core.records import Verdict, digits_to_distinguish
from core.scoring.assess import Model
from pages.components import resources
from pages.components.messages import plain


def show_replay(entry: Entry, language: Language) -> None:
    """Score the entry again at the press of a button, under the model that decided."""
    if not st.button(translate("journal.replay", language), icon=":material/replay:", key="journal_replay"):
        return
    models, serving = kept_models(), resources.model()
    try:
        found = replay(entry, models)
    except JournalError as error:
        st.error(plain(translate_problem(error.problem, language)), icon=":material/error:")
        if error.problem.code == "journal_without_bundle":
            st.markdown(translate("journal.replay_serving", language))
            _show_differences(replay(entry, models, model=serving), language)
        return
    if found.equal:
        now = plain(percent(found.now.solvency, language, 4))
        st.success(translate("journal.replay_same", language, solvency=now), icon=":material/check:")
        return
    st.error(translate("journal.replay_other", language), icon=":material/error:")
    _show_differences(found, language)


def kept_models() -> Callable[[str], Model]:
    """Opens the model with a digest: the one that serves, or a kept bundle. Raises JournalError."""
    settings, serving = resources.settings(), resources.model()
    kept = models_by_digest(settings.model_folder, settings.data_folder, settings.trusted_digests)

    def model(digest: str) -> Model:
        return serving if digest == serving.bundle.digest else kept(digest)

    return model


def _show_differences(found: Replayed, language: Language) -> None:
    """A table of what was answered then and is answered now, on the solvency scale."""
    name, then, now = (translate(f"journal.replay_{each}", language) for each in ("what", "then", "now"))
    rows = []
    for each in found.differences:
        before, after = _in_words(each.then, each.now, language)
        rows.append({name: translate(f"journal.replay_{each.name}", language), then: before, now: after})
    st.table(pd.DataFrame(rows), hide_index=True)


def _in_words(then: object, now: object, language: Language) -> tuple[str, str]:
    """Two values that differ, so that they read differently; probabilities of default become solvency."""
    if isinstance(then, float) and isinstance(now, float):
        digits = digits_to_distinguish(100.0 * (1.0 - then), 100.0 * (1.0 - now), 2)
        before, after = (percent(1.0 - each, language, digits) for each in (then, now))
        return (before, after) if before != after else (repr(1.0 - then), repr(1.0 - now))
    if isinstance(then, Verdict) and isinstance(now, Verdict):
        return translate(f"verdict.{then}", language), translate(f"verdict.{now}", language)
    return _reasons_in_words(then, language), _reasons_in_words(now, language)


def _reasons_in_words(reasons: object, language: Language) -> str:
    if not isinstance(reasons, tuple):
        return ""
    return "; ".join(plain(f"{label(source, language)} {signed(points, language, 2)}") for source, points in reasons)
