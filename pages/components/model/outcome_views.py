"""Outcomes as charts and tables, of the training clients and of a file alike: ranking, calibration, decisions."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, number, percent, translate
from core.model.outcomes import Monitoring, Outcomes
from core.monitoring.calibration import calibration_figures, reliability, score_bands
from core.monitoring.figure_words import in_percent, millions, plain_figure
from core.monitoring.policy import Amounts, Costs, amounts, confusion
from core.monitoring.ranking import curves
from pages.components import resources
from pages.components.charts import model as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.model.parts import show_rows, show_table

MODELS = ("shipped", "application_only", "logistic")
STEPS = 40
"""Points of a curve in its table."""


def sample(outcomes: Outcomes, language: Language) -> str:
    """Which clients the bundle's figures are of."""
    n, defaults = sum(outcomes.n), sum(outcomes.defaults)
    return translate("monitor.sample", language, n=n, rate=percent(defaults / n, language, 1))


def show_ranking(outcomes: Outcomes, language: Language, *, locked: Monitoring | None = None, key: str = "") -> None:
    """Show ROC, KS, and precision and recall. locked: also the ROC of each model on the locked clients."""
    found = curves(outcomes)
    if found is None:
        return
    colours = palette()
    roc, ks = st.columns(2)
    models = {name: curves(locked.locked[name]) for name in MODELS if locked and name in locked.locked}
    lines = [
        charts.Line(
            translate(f"quality.model_{name}", language),
            (100 * each.false_alarms).tolist(),
            (100 * each.recall).tolist(),
            place,
        )
        for place, (name, each) in enumerate(models.items())
        if each is not None
    ] or [
        charts.Line(
            translate("quality.roc", language), (100 * found.false_alarms).tolist(), (100 * found.recall).tolist()
        )
    ]
    with roc:
        st.markdown(f"**{translate('quality.roc', language)}**", help=translate("quality.roc_help", language))
        axes = translate("quality.false_alarms", language), translate("quality.recall", language)
        draw(
            charts.curves(lines, axes, language, colours, diagonal=True),
            f"{key}roc",
            translate("quality.roc_alt", language),
        )
        if models and locked is not None:
            st.caption(translate("quality.roc_locked", language, n=number(sum(locked.locked[MODELS[0]].n), language)))
    with ks:
        st.markdown(f"**{translate('quality.ks', language)}**", help=translate("quality.ks_help", language))
        solvency = (100 * (1 - found.threshold)).tolist()
        below = [
            charts.Line(translate("quality.defaulted", language), solvency, (100 * found.recall).tolist(), 1),
            charts.Line(translate("quality.good", language), solvency, (100 * found.false_alarms).tolist()),
        ]
        widest = int((found.recall - found.false_alarms).argmax())
        mark = charts.Mark(
            solvency[widest],
            translate(
                "quality.ks_mark",
                language,
                value=number(100 * float(found.recall[widest] - found.false_alarms[widest]), language, 1),
            ),
            "dot",
        )
        axes = translate("monitor.solvency", language), translate("quality.below", language)
        figure = charts.curves(below, axes, language, colours, marks=[mark])
        # Hardly anybody lies below.
        lowest = max(0.0, min(at for at, share in zip(solvency, found.flagged, strict=True) if share > 0) - 5.0)
        draw(
            figure.update_xaxes(range=[lowest, 100.0]),
            f"{key}ks",
            translate("quality.ks_alt", language),
        )
    st.markdown(f"**{translate('quality.precision', language)}**", help=translate("quality.precision_help", language))
    inner = slice(1, None)
    pair = [
        charts.Line(
            translate("quality.precision_line", language), solvency[inner], (100 * found.precision[inner]).tolist()
        ),
        charts.Line(
            translate("quality.recall_line", language), solvency[inner], (100 * found.recall[inner]).tolist(), 1
        ),
    ]
    line = 100 * (1 - resources.model().bundle.policy.threshold)
    axes = translate("monitor.threshold_axis", language), translate("quality.share", language)
    present = charts.Mark(line, translate("monitor.present", language))
    draw(
        charts.curves(pair, axes, language, colours, marks=[present]),
        f"{key}precision",
        translate("quality.precision_alt", language),
    )
    step = max(1, len(solvency) // STEPS)
    rows = [
        {
            translate("monitor.threshold_axis", language): percent(1 - float(found.threshold[place]), language, 1),
            translate("quality.refused", language): percent(float(found.flagged[place]), language, 1),
            translate("quality.recall_line", language): percent(float(found.recall[place]), language, 1),
            translate("quality.false_alarms", language): percent(float(found.false_alarms[place]), language, 1),
            translate("quality.precision_line", language): percent(float(found.precision[place]), language, 1),
        }
        for place in range(1, len(solvency), step)
    ]
    show_table(rows, language, f"{key}ranking_table")


def show_calibration(outcomes: Outcomes, language: Language, caption: str, key: str = "") -> None:
    """Show observed against expected defaults by band, and the score bands."""
    st.caption(caption)
    figures = calibration_figures(outcomes)
    st.markdown(
        translate(
            "quality.calibrated",
            language,
            brier=plain_figure(figures["brier"], language, 4),
            ece=plain_figure(figures["ece"], language, 4),
        )
    )
    st.markdown(
        f"**{translate('quality.reliability', language)}**", help=translate("quality.reliability_help", language)
    )
    bands = reliability(outcomes)
    draw(
        charts.reliability(bands, language, palette()),
        f"{key}reliability",
        translate("quality.reliability_alt", language),
    )
    for title, chosen in (("quality.tenths", bands), ("quality.score_bands", score_bands(outcomes))):
        st.markdown(f"**{translate(title, language)}**")
        rows = [
            {
                translate("monitor.solvency", language): translate(
                    "portfolio.range",
                    language,
                    low=percent(1 - band.high, language, 1),
                    high=percent(1 - band.low, language, 1),
                ),
                translate("monitor.clients", language): number(band.n, language),
                translate("monitor.expected", language): percent(band.expected, language, 1),
                translate("monitor.observed", language): in_percent(band.observed, language),
            }
            for band in chosen
        ]
        show_rows(rows)


def show_decisions(outcomes: Outcomes, monitoring: Monitoring, language: Language, key: str = "") -> None:
    """Show the confusion at the present threshold, in clients and in money."""
    threshold, currency = resources.model().bundle.policy.threshold, resources.settings().currency
    st.caption(sample(outcomes, language) if not key else translate("monitor.sample_file", language, n=sum(outcomes.n)))
    st.markdown(translate("quality.at_line", language, line=percent(1 - threshold, language, 1)))
    cells = confusion(outcomes, threshold)
    pairs = (("accepted", cells.accepted_good, cells.accepted_bad), ("refused", cells.refused_good, cells.refused_bad))
    st.markdown(f"**{translate('quality.in_clients', language)}**")
    show_rows(
        [
            {
                translate("quality.decision", language): translate(f"quality.{name}", language),
                translate("quality.good", language): number(good, language),
                translate("quality.defaulted", language): number(bad, language),
                translate("quality.default_rate", language): percent(bad / (good + bad), language, 1)
                if good + bad
                else "",
            }
            for name, good, bad in pairs
        ]
    )
    if monitoring.money is None:
        st.info(translate("quality.no_money", language), icon=":material/info:")
        return
    money: Amounts = amounts(monitoring.money, threshold, Costs())
    credit = money.credit
    st.markdown(f"**{translate('quality.in_money', language)}**")
    show_rows(
        [
            {
                translate("quality.decision", language): translate(f"quality.{name}", language),
                translate("quality.good", language): millions(good, language, currency),
                translate("quality.defaulted", language): millions(bad, language, currency),
            }
            for name, good, bad in (
                ("accepted", credit.accepted_good, credit.accepted_bad),
                ("refused", credit.refused_good, credit.refused_bad),
            )
        ]
    )
    loss = millions(money.loss.value, language, currency)
    if money.loss_share is None:
        st.markdown(translate("quality.money_loss", language, loss=loss))
    else:
        share = in_percent(money.loss_share, language)
        st.markdown(translate("quality.money_sum", language, loss=loss, share=share))
