"""The panel "What this model is": sizes, figures with intervals, meaning of default, and limits of use."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.i18n.translations import Language, number, percent, signed, translate
from core.model.schema import Card, Comparison, Policy
from pages.components import resources
from pages.components.messages import plain

WORTH = {"sex_family_auc", "age_auc"}


def show_model_card(language: Language, *, expanded: bool = False) -> None:
    """Show the model card, collapsed unless it is what was asked for."""
    bundle = resources.model().bundle
    card = bundle.card
    with st.expander(translate("about.title", language), icon=":material/info:", expanded=expanded):
        if not card.trained_rows:
            columns, line = len(bundle.columns), percent(1.0 - bundle.policy.threshold, language, 1)
            st.markdown(translate("about.converted", language, columns=columns, line=line))
            st.markdown(translate("about.default", language))
            st.warning(translate("about.not_known", language), icon=":material/warning:")
            st.caption(translate("about.digest", language, digest=bundle.digest[:12], date=bundle.provenance.date[:10]))
            return
        st.markdown(
            translate(
                "about.what" if card.trees else "about.what_baseline",
                language,
                rows=number(card.trained_rows, language),
                locked=number(card.locked_rows, language),
                rate=percent(card.default_rate, language, 1),
                columns=len(bundle.columns),
                trees=card.trees,
            )
        )
        st.markdown(translate("about.default", language))
        st.markdown(_threshold(bundle.policy, card, language))
        if card.constraints:
            cost = signed(-card.constraints_cost, language, 4)
            st.markdown(translate("about.constraints", language, n=len(card.constraints), cost=cost))
        if {"CODE_GENDER", "NAME_FAMILY_STATUS"} <= set(card.left_out) and set(card.worth) >= WORTH:
            sex, age = card.worth["sex_family_auc"], -card.worth["age_auc"]
            st.markdown(translate("about.blind", language, sex=signed(sex, language, 4), age=signed(age, language, 4)))
        st.markdown(translate("about.data", language))
        for note in card.notes.get(language, ()):
            st.markdown(note)
        st.warning(translate("about.not_for", language), icon=":material/warning:")
        low, high = translate("about.low", language), translate("about.high", language)
        figures = [
            {
                translate("about.figure", language): translate(f"figure.{name}", language),
                translate("about.value", language): number(figure.value, language, 3),
                low: number(figure.low, language, 3),
                high: number(figure.high, language, 3),
            }
            for name, figure in card.figures.items()
        ]
        st.markdown(translate("about.figures", language, n=card.locked_rows))
        st.table(pd.DataFrame(figures), hide_index=True)
        for comparison in card.comparisons:
            st.markdown(_comparison_sentence(comparison, language))
        st.caption(translate("about.digest", language, digest=bundle.digest[:12], date=bundle.provenance.date[:10]))


def _comparison_sentence(comparison: Comparison, language: Language) -> str:
    auc, loss = (comparison.difference[name] for name in ("roc_auc", "loss_share"))
    return translate(
        f"about.beside_{comparison.other}",
        language,
        n=number(comparison.n, language),
        who=translate(f"about.clients_{comparison.clients}", language),
        auc=signed(auc.value, language, 3),
        auc_low=signed(auc.low, language, 3),
        auc_high=signed(auc.high, language, 3),
        loss=signed(loss.value, language, 3),
        loss_low=signed(loss.low, language, 3),
        loss_high=signed(loss.high, language, 3),
    )


def _threshold(policy: Policy, card: Card, language: Language) -> str:
    line = percent(1.0 - policy.threshold, language, 1)
    if policy.changes:
        last = policy.changes[-1]
        return translate(
            "about.threshold_changed",
            language,
            line=line,
            before=percent(1.0 - last.before, language, 1),
            who=plain(last.who),
            date=last.when[:10],
            because=plain(last.because),
        )
    sentence = translate("about.threshold", language, line=line)
    if card.threshold is None:
        return sentence
    low, high = (percent(1.0 - edge, language, 1) for edge in (card.threshold.high, card.threshold.low))
    return f"{sentence} {translate('about.threshold_interval', language, low=low, high=high)}"
