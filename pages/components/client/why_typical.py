"""Whether a reason is usual: overall importance and this client's, and the effects of each column on all clients."""

from __future__ import annotations

import streamlit as st

from core.dictionary.lookup import label
from core.i18n.shares import share_in_words
from core.i18n.translations import Language, percent, signed, translate
from core.insights.importance import dots, importances, points_per_log_odds, share_with_smaller_effect
from core.records import Contribution, Explanation
from pages.components import resources
from pages.components.charts import beeswarm
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title

MAX_COLUMNS, MAX_SENTENCES = 10, 3
OUTER = (0.05, 0.95)


def show_typical(explanation: Explanation, language: Language) -> None:
    """Show sentences on the largest reasons, both charts and their tables; a sentence if the bundle has no effects."""
    bundle = resources.model().bundle
    if not bundle.population.effects:
        st.info(translate("usual.not_known", language), icon=":material/info:")
    else:
        for contribution in explanation.contributions[:MAX_SENTENCES]:
            st.markdown(f"- {_sentence(contribution, language)}")
        _effects(explanation, language)
    columns = importances(explanation, bundle, MAX_COLUMNS)
    lines = [
        {
            translate("why.feature", language): label(each.source, language),
            translate("usual.everybody", language): percent(each.overall, language, 1),
            translate("usual.here", language): percent(each.here, language, 1),
        }
        for each in columns
    ]
    title, how = translate("usual.importance", language), translate("usual.importance_how", language)
    show_title(title, "importance_table", lines, language, how=how)
    draw(beeswarm.importance(columns, language, palette()), "importance", translate("usual.importance_alt", language))


def _sentence(contribution: Contribution, language: Language) -> str:
    share = share_with_smaller_effect(contribution, resources.model().bundle.population)
    key = "usual.raises" if contribution.points > 0 else "usual.lowers"
    return translate(
        key, language, label=label(contribution.source, language), clients=share_in_words(share or 0.0, language)
    )


def _effects(explanation: Explanation, language: Language) -> None:
    population = resources.model().bundle.population
    scale = points_per_log_odds(explanation)
    chosen = explanation.contributions[:MAX_COLUMNS]
    rows = [(each.source, dots(each.source, population, scale), each.points) for each in chosen]
    low, high = (population.effect_grid.index(share) for share in OUTER)
    lines = []
    for each in chosen:
        ends = sorted(scale * population.effects[each.source].quantiles[place] for place in (low, high))
        smaller = share_with_smaller_effect(each, population) or 0.0
        lines.append(
            {
                translate("why.feature", language): label(each.source, language),
                translate("usual.here", language): signed(each.points, language, 1),
                translate("usual.most", language): signed(ends[0], language, 1),
                translate("usual.most_to", language): signed(ends[1], language, 1),
                translate("usual.weaker", language): percent(smaller, language),
            }
        )
    title, how = translate("usual.effects", language), translate("usual.effects_how", language)
    show_title(title, "swarm_table", lines, language, how=how)
    draw(beeswarm.swarm(rows, language, palette()), "swarm", translate("usual.effects_alt", language))
