"""Where the threshold lies: what another one would do, in clients and in money; nothing here changes it for anyone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.i18n.translations import Language, number, percent, translate
from core.model.outcomes import Money
from core.monitoring.available import is_approximate, monitoring_of
from core.monitoring.figure_words import in_percent, millions, money_figure
from core.monitoring.policy import (
    Amounts,
    Costs,
    Rates,
    amounts,
    difference_in_profit,
    loss_curve,
    rates,
)
from core.monitoring.proposal import change_of_portfolio, make_proposal
from pages.components import resources
from pages.components.charts import model as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.downloads import show_download
from pages.components.model.costs import choose_costs
from pages.components.model.parts import show_rows, show_table
from pages.components.session import translated, visit_contents

LOWEST, HIGHEST, STEP = 50.0, 99.5, 0.5
"""The slider's scale: solvency in percent."""
MAX_BAND = 10.0
MAX_LISTED = 25


def choose_threshold(key: str, present: float, language: Language, label: str = "monitor.slider") -> float:
    """Draw a slider of the acceptance threshold on the solvency scale; returns it as P(default).

    It begins at the present threshold, and stands for exactly that as long as nobody has moved it.
    """
    start = round((100.0 * (1.0 - present)) / STEP) * STEP
    start = min(max(start, LOWEST), HIGHEST)
    # A slider of numbers writes them with a point in every language.
    chosen = st.select_slider(
        translate(label, language),
        _steps(LOWEST, HIGHEST),
        value=start,
        format_func=lambda each: percent(each / 100.0, language, 1),
        key=translated(key),
        help=translate("monitor.slider_help", language, line=percent(1.0 - present, language, 1)),
        persist_state="session",
    )
    return present if chosen == start else round(1.0 - chosen / 100.0, 6)


def _steps(lowest: float, highest: float) -> list[float]:
    """The values of a slider, in percent."""
    return [lowest + STEP * step for step in range(round((highest - lowest) / STEP) + 1)]


def show_threshold(language: Language) -> None:
    """Show the tab."""
    bundle = resources.model().bundle
    monitoring = monitoring_of(bundle)
    outcomes, money = monitoring.outcomes, monitoring.money
    if outcomes is None or money is None:
        st.info(translate("monitor.no_outcomes", language), icon=":material/info:")
        return
    present, settings = bundle.policy.threshold, resources.settings()
    left, right = st.columns(2)
    with left:
        threshold = choose_threshold("policy_threshold", present, language)
        other = choose_threshold("policy_other", present, language, "threshold.other")
    with right:
        here = round(100.0 * settings.review_band, 6)
        band = 0.01 * st.select_slider(
            translate("threshold.band", language),
            sorted({here, *_steps(0.0, MAX_BAND)}),
            value=here,
            format_func=lambda each: f"± {number(each, language, 1)}",
            key=translated("policy_band"),
            persist_state="session",
        )
        costs = choose_costs(language)
    st.caption(translate("threshold.sample", language, n=sum(outcomes.n)))
    if is_approximate(bundle):
        st.caption(translate("monitor.approximate", language))
    policies = [("present", present, settings.review_band), ("tried", threshold, band), ("beside", other, band)]
    shown = [policies[0]]
    for each in policies[1:]:
        if each[1:] not in [(at, width) for _, at, width in shown] and (each[1] != present or each[0] == "tried"):
            shown.append(each)
    measured = [(name, at, rates(outcomes, at, width), amounts(money, at, costs)) for name, at, width in shown]
    _table(measured, money, costs, language)
    _curve(money, costs, [(name, at) for name, at, *_ in measured], language)
    _portfolio(present, threshold, band, language)
    _export(threshold, band, costs, language)


def _table(
    measured: Sequence[tuple[str, float, Rates, Amounts]], money: Money, costs: Costs, language: Language
) -> None:
    currency, present = resources.settings().currency, measured[0][1]
    names = {
        name: translate(f"threshold.{name}", language, line=percent(1.0 - at, language, 1)) for name, at, *_ in measured
    }
    lines = {
        "approval": [in_percent(each.approval, language) for _, _, each, _ in measured],
        "default_rate": [in_percent(each.default_rate, language) for _, _, each, _ in measured],
        "good_refused": [in_percent(each.good_refused, language) for _, _, each, _ in measured],
        "to_review": [in_percent(each.to_review, language) for _, _, each, _ in measured],
        "loss": [money_figure(each.loss, language, currency) for *_, each in measured],
        "profit": [money_figure(each.profit, language, currency) for *_, each in measured],
    }
    if len(measured) > 1:
        lines["gain"] = [
            "" if place == 0 else money_figure(difference_in_profit(money, at, present, costs), language, currency)
            for place, (_, at, *_) in enumerate(measured)
        ]
    show_rows(
        [
            {
                translate("threshold.what", language): translate(f"threshold.{key}", language),
                **dict(zip(names.values(), cells, strict=True)),
            }
            for key, cells in lines.items()
        ]
    )
    st.caption(translate("threshold.how", language))


def _curve(money: Money, costs: Costs, policies: Sequence[tuple[str, float]], language: Language) -> None:
    currency = resources.settings().currency
    curve = loss_curve(money, costs)
    best = 1.0 - curve.best.value
    ends = sorted(1.0 - each for each in (curve.best.low, curve.best.high))
    flat = sorted(1.0 - each for each in curve.flat)
    st.markdown(f"**{translate('threshold.curve', language)}**")
    st.markdown(
        translate(
            "threshold.best",
            language,
            best=percent(best, language, 1),
            low=percent(ends[0], language, 1),
            high=percent(ends[1], language, 1),
            flat_low=percent(flat[0], language, 1),
            flat_high=percent(flat[1], language, 1),
        )
    )
    shown = (curve.threshold >= 1 - HIGHEST / 100) & (curve.threshold <= 1 - LOWEST / 100)
    solvency = 100.0 * (1.0 - curve.threshold[shown])
    line = charts.Line(translate("threshold.loss", language), solvency.tolist(), (curve.loss[shown] / 1e6).tolist())
    dashes = {"present": "solid", "tried": "dash", "beside": "dot"}
    marks = [
        charts.Mark(100.0 * (1.0 - at), translate(f"threshold.mark_{name}", language), dashes[name])
        for name, at in policies
        if name == "present" or at != policies[0][1]
    ]
    unit = (
        translate("threshold.loss_axis", language, currency=currency)
        if currency
        else translate("threshold.loss_axis_plain", language)
    )
    axes = translate("monitor.threshold_axis", language), unit
    figure = charts.curves(
        [line],
        axes,
        language,
        palette(),
        marks=marks,
        shaded=(100.0 * flat[0], 100.0 * flat[1]),
        in_percent=(True, False),
    )
    draw(figure, "loss_curve", translate("threshold.curve_alt", language))
    rows = [
        {
            translate("monitor.threshold_axis", language): percent(1.0 - float(at), language, 1),
            translate("threshold.loss", language): millions(float(loss), language, currency),
        }
        for at, loss in zip(curve.threshold[shown][::-1], curve.loss[shown][::-1], strict=True)
    ]
    show_table(rows, language, "loss_table")


def _portfolio(present: float, threshold: float, band: float, language: Language) -> None:
    """Which clients of the visit's portfolio would change sides."""
    st.markdown(f"**{translate('threshold.portfolio', language)}**")
    job = visit_contents().job
    if job is None or job.portfolio is None or not len(job.portfolio.results):
        st.caption(translate("threshold.no_portfolio", language))
        return
    results = job.portfolio.results
    change = change_of_portfolio(results.probability, present, threshold, band)
    st.markdown(
        translate(
            "threshold.changes",
            language,
            n=len(results),
            accepted=number(len(change.newly_accepted), language),
            refused=number(len(change.newly_refused), language),
            review=number(change.to_review, language),
        )
    )
    places = np.concatenate([change.newly_accepted, change.newly_refused])
    if not len(places):
        return
    rows = [
        {
            translate("portfolio.client", language): str(results.ids[place]),
            translate("portfolio.solvency", language): percent(float(results.solvency[place]), language, 1),
            translate("threshold.becomes", language): translate(
                "threshold.accepted_one" if results.probability[place] <= threshold else "quality.refused_one", language
            ),
        }
        for place in places[:MAX_LISTED].tolist()
    ]
    show_rows(rows)
    if len(places) > MAX_LISTED:
        st.caption(translate("threshold.listed", language, n=len(places), most=MAX_LISTED))


def _export(threshold: float, band: float, costs: Costs, language: Language) -> None:
    bundle = resources.model().bundle
    st.markdown(f"**{translate('threshold.proposal', language)}**")
    st.markdown(translate("threshold.proposal_how", language, value=f"{threshold:g}"))
    show_download(
        translate("threshold.export", language),
        lambda: json.dumps(
            make_proposal(bundle, threshold=threshold, review_band=band, costs=costs), ensure_ascii=False, indent=1
        ),
        "threshold-proposal.json",
        "json",
        key="proposal",
    )
