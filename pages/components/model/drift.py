"""Does it still hold: the clients of a file or of the portfolio against the training clients, worst first."""

from __future__ import annotations

import streamlit as st

from core.batch.background import ScoringJob
from core.i18n.translations import Language, number, percent, translate
from core.model.outcomes import Monitoring
from core.model.schema import Figure
from core.monitoring.available import monitoring_of
from core.monitoring.calibration import calibration_figures
from core.monitoring.departure_words import departure_rows, departure_sentences, how
from core.monitoring.drift import Drift, Finding, Word, find_drift
from core.monitoring.figure_words import plain_figure
from core.monitoring.observed import Observed
from core.monitoring.outcome_words import outcome_sentences
from core.monitoring.ranking import ranking_figures
from core.monitoring.report import overall, sentence_of, value_of, what_of, word_of
from pages.components import resources
from pages.components.messages import plain
from pages.components.model.costs import chosen_costs
from pages.components.model.outcome_views import show_calibration, show_decisions, show_ranking
from pages.components.model.parts import choose_view, show_rows, show_wide
from pages.components.model.quality import FIGURES
from pages.components.portfolio.upload import choose_portfolio

ICONS = {Word.STABLE: ":material/check_circle:", Word.LOOK: ":material/visibility:", Word.ACT: ":material/error:"}
SHOWN = 20
OUTCOME_VIEWS = ("ranking", "calibration", "decisions")


def show_drift(language: Language) -> None:
    """Show the tab."""
    st.markdown(translate("drift.intro", language))
    job = choose_portfolio(language)
    if job is None:
        return
    observed = job.observer
    if not isinstance(observed, Observed):
        st.info(translate("drift.again", language), icon=":material/info:")
        return
    name = translate("portfolio.loaded_name", language) if job.loaded else job.name
    st.subheader(translate("drift.title", language, name=plain(name)), anchor=False)
    drift = find_drift(observed)
    _say(drift, job, language)
    _findings(drift, language)
    if observed.targets.is_there:
        _outcomes(observed, language)
    else:
        st.caption(translate("drift.no_target", language))


def _say(drift: Drift, job: ScoringJob, language: Language) -> None:
    words = overall(drift, language)
    if drift.too_small:
        st.warning(words, icon=":material/group_off:")
    elif drift.word is Word.STABLE:
        st.success(words, icon=ICONS[drift.word])
    elif drift.word is Word.LOOK:
        st.warning(words, icon=ICONS[drift.word])
    else:
        st.error(words, icon=ICONS[drift.word])
    if job.portfolio is not None and job.portfolio.n_refused:
        total = number(job.portfolio.n_rows, language)
        st.caption(translate("drift.refused", language, n=job.portfolio.n_refused, total=total))
    if drift.unknown:
        st.caption(translate("drift.unknown", language, n=drift.unknown))
    if not drift.too_small:
        st.caption(translate("drift.how", language, chance=number(drift.chance, language, 2)))


def _findings(drift: Drift, language: Language) -> None:
    currency = resources.settings().currency
    worth = [each for each in drift.findings if each.word]
    shown = worth[:SHOWN] or list(drift.findings[:5])
    if not shown:
        return
    show_rows(
        [
            {
                **_word(drift, each, language),
                translate("drift.sentence", language): _line(each, language, currency),
            }
            for each in shown
        ]
    )
    rest = [each for each in drift.findings if each not in shown]
    if rest:
        with st.expander(translate("drift.rest", language, n=len(rest)), key="drift_rest"):
            show_wide([{**_word(drift, each, language), **_row(each, language, currency)} for each in rest])


def _word(drift: Drift, finding: Finding, language: Language) -> dict[str, str]:
    """The cell with the assessment; of too few clients there is none."""
    return {} if drift.too_small else {translate("drift.word", language): word_of(finding.word, language)}


def _line(finding: Finding, language: Language, currency: str) -> str:
    """What differs, how, by how much and how much it weighs, in one cell."""
    what, sentence = what_of(finding, language), sentence_of(finding, language, currency)
    facts = [value_of(finding, language)]
    if finding.columns:
        facts.append(translate("drift.weight", language, share=percent(finding.weight, language, 1)))
    return translate("drift.line", language, what=what, sentence=sentence, facts=", ".join(facts))


def _row(finding: Finding, language: Language, currency: str) -> dict[str, str]:
    return {
        translate("drift.what", language): what_of(finding, language),
        translate("drift.sentence", language): sentence_of(finding, language, currency),
        translate("drift.value", language): value_of(finding, language),
        translate("columns.share", language): percent(finding.weight, language, 1) if finding.columns else "",
    }


def _outcomes(observed: Observed, language: Language) -> None:
    """The figures of the outcomes beside the bundle's."""
    st.subheader(translate("outcome.title", language), anchor=False)
    for sentence in outcome_sentences(observed, language):
        st.markdown(sentence)
    outcomes = observed.outcomes
    if outcomes is None:
        return
    here: dict[str, Figure] = {**ranking_figures(outcomes), **calibration_figures(outcomes)}
    own = monitoring_of(resources.model().bundle).outcomes
    there = {**ranking_figures(own), **calibration_figures(own)} if own else {}
    rows = [
        {
            translate("about.figure", language): translate(f"figure.{name}", language),
            translate("outcome.here", language): plain_figure(here[name], language) if name in here else "",
            translate("outcome.there", language): plain_figure(there[name], language) if name in there else "",
        }
        for name in FIGURES
        if name in here or name in there
    ]
    show_rows(rows)
    st.caption(translate("outcome.how", language))
    _departures(observed, language)
    view = choose_view(
        "outcome_view",
        OUTCOME_VIEWS,
        translate("monitor.choose_view", language),
        lambda each: translate(f"quality.{each}", language),
    )
    if view == "ranking":
        show_ranking(outcomes, language, key="outcome_")
    elif view == "calibration":
        caption = translate("monitor.sample_file", language, n=sum(outcomes.n))
        show_calibration(outcomes, language, caption, key="outcome_")
    else:
        show_decisions(outcomes, Monitoring(outcomes=outcomes, money=observed.money), language, key="outcome_")


def _departures(observed: Observed, language: Language) -> None:
    """What became of the loans that the journal says were granted, by what the model had advised."""
    granted, costs, currency = observed.granted, chosen_costs(), resources.settings().currency
    st.markdown(f"**{translate('departure.title', language)}**")
    rows = departure_rows(granted, costs, language, currency)
    if rows:
        show_rows(
            [
                {
                    translate("departure.advice", language): row["advice"],
                    translate("departure.defaults", language): translate(
                        "departure.of", language, part=row["defaults"], n=row["loans"], rate=row["rate"]
                    ),
                    translate("threshold.profit", language): row["profit"],
                }
                for row in rows
            ]
        )
    for sentence in departure_sentences(granted, costs, language, currency):
        st.markdown(plain(sentence))
    if rows:
        st.caption(f"{how(costs, language)} {translate('departure.costs', language)}")
