"""For whom: what a threshold does to groups of clients, with the four-fifths line, and what tells the groups apart."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.dictionary.lookup import label
from core.i18n.translations import Language, number, percent, signed, translate
from core.model.bundle import SMALLEST_GROUP
from core.model.outcomes import Attribute
from core.monitoring.available import monitoring_of
from core.monitoring.fairness import FOUR_FIFTHS, GroupFigures, attributes, compare_groups
from core.monitoring.figure_words import in_percent, in_points
from pages.components import resources
from pages.components.charts import model_parts as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.model.parts import choose_view, group_name, show_wide
from pages.components.model.threshold import choose_threshold

MAX_PROXIES = 5
UNSEEN = ("sex", "family_status")
"""Attributes that the shipped recipe leaves out of the model."""


def show_groups(language: Language) -> None:
    """Show the tab."""
    bundle = resources.model().bundle
    monitoring = monitoring_of(bundle)
    found = attributes(monitoring)
    if monitoring.outcomes is None:
        st.info(translate("monitor.no_outcomes", language), icon=":material/info:")
        return
    if not found:
        st.info(translate("group.too_small", language, least=SMALLEST_GROUP), icon=":material/info:")
        return
    chosen = choose_view(
        "group_attribute",
        found,
        translate("group.choose", language),
        lambda each: translate(f"group.{each}", language),
    )
    attribute = next(each for each in found if each == chosen)
    present = bundle.policy.threshold
    threshold = choose_threshold("group_threshold", present, language)
    band = resources.settings().review_band
    groups = compare_groups(monitoring, attribute, threshold, band)
    before = compare_groups(monitoring, attribute, present, band)
    seen = any(source in bundle.slots for source in sources_of(attribute))
    st.markdown(translate("group.seen" if seen else "group.not_seen", language))
    total, known = sum(monitoring.outcomes.n) if monitoring.outcomes else 0, sum(g.n for g in groups)
    st.caption(
        translate("group.sample", language, n=number(known, language), others=number(max(total - known, 0), language))
    )
    _impact(attribute, groups, language)
    _table(attribute, groups, before, language)
    _proxies(attribute, groups, language)


def sources_of(attribute: Attribute) -> tuple[str, ...]:
    """The columns of an attribute."""
    columns = {
        "sex": ("CODE_GENDER",),
        "family_status": ("NAME_FAMILY_STATUS",),
        "age": ("DAYS_BIRTH",),
        "contract_type": ("NAME_CONTRACT_TYPE",),
        "region_rating": ("REGION_RATING_CLIENT", "REGION_RATING_CLIENT_W_CITY"),
    }
    return columns.get(attribute, ())


def _impact(attribute: Attribute, groups: Sequence[GroupFigures], language: Language) -> None:
    reference = next(each for each in groups if each.reference)
    st.markdown(f"**{translate('group.impact', language)}**")
    rows = [(group_name(attribute, each.value, language), each.impact) for each in groups]
    line = translate("group.four_fifths", language)
    figure = charts.intervals(
        rows, language, palette(), title=translate("group.impact_axis", language), line=FOUR_FIFTHS, line_words=line
    )
    draw(figure, "group_impact", translate("group.impact_alt", language))
    below = [group_name(attribute, each.value, language) for each in groups if each.below_four_fifths]
    name = group_name(attribute, reference.value, language)
    if below:
        st.warning(
            translate("group.below", language, groups=", ".join(below), reference=name), icon=":material/balance:"
        )
    else:
        st.markdown(translate("group.none_below", language, reference=name))
    st.caption(translate("group.four_fifths_how", language))


def _table(
    attribute: Attribute, groups: Sequence[GroupFigures], before: Sequence[GroupFigures], language: Language
) -> None:
    st.markdown(f"**{translate('group.figures', language)}**")
    rows = []
    for each, old in zip(groups, before, strict=True):
        row = {
            translate("group.group", language): group_name(attribute, each.value, language),
            translate("monitor.clients", language): number(each.n, language),
            translate("group.approval", language): in_percent(each.rates.approval, language),
            translate("group.default_rate", language): in_percent(each.rates.default_rate, language),
            translate("group.good_accepted", language): in_percent(each.rates.good_accepted, language),
            translate("group.calibration", language): in_points(each.calibration, language),
            translate("group.ratio", language): translate("group.reference", language)
            if each.reference
            else in_percent(each.impact, language),
        }
        if old.rates.approval and each.rates.approval and old.rates != each.rates:
            change = 100.0 * (each.rates.approval.value - old.rates.approval.value)
            row[translate("group.change", language)] = signed(change, language, 1)
        rows.append(row)
    show_wide(rows)
    st.caption(translate("group.figures_how", language))


def _proxies(attribute: Attribute, groups: Sequence[GroupFigures], language: Language) -> None:
    bundle = resources.model().bundle
    rows = []
    weights = {column.name: column.weight for column in bundle.columns}
    for each in groups:
        rows += [
            {
                translate("group.group", language): group_name(attribute, each.value, language),
                translate("why.feature", language): label(proxy.column, language),
                translate("group.tells", language): number(max(proxy.auc, 1 - proxy.auc), language, 2),
                translate("group.direction", language): translate(
                    "group.higher" if proxy.auc > 0.5 else "group.lower", language
                ),
                translate("columns.share", language): percent(weights.get(proxy.column, 0.0), language, 1),
                translate("monitor.clients", language): number(proxy.n, language),
            }
            for proxy in each.proxies[:MAX_PROXIES]
        ]
    if not rows:
        return
    st.markdown(f"**{translate('group.proxies', language)}**")
    st.caption(translate("group.proxies_how", language))
    show_wide(rows)
