"""Two clients side by side, and the contribution of each column to their difference."""

from __future__ import annotations

import streamlit as st

from core.dictionary.lookup import label
from core.errors import ScoringError
from core.i18n.translations import Language, number, percent, round_to_sum, signed, translate
from core.insights.comparison import Difference, differences
from core.insights.sentences import distance_between, value_of
from core.readers.client_store import begin_with
from core.records import digits_to_distinguish
from pages.components import resources
from pages.components.charts import waterfall
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.client.client_file import ClientFile, open_file
from pages.components.messages import show_error
from pages.components.session import visit_contents

TYPED, OFFERED = "other_client", "other_offered"
MAX_MATCHES, BARS = 8, 8


def compare_two_clients(file: ClientFile) -> None:
    """Show the comparison with another loaded or uploaded client, chosen by id."""
    other = _choose_other(file)
    if other is None:
        st.caption(translate("compared.pick", file.language))
        return
    clients = resources.loaded_clients()
    row = visit_contents().uploaded.get(other) or clients.row(other)
    try:
        there = open_file(row, synthetic=clients.synthetic, language=file.language)
    except ScoringError as error:
        show_error(error, file.language)
        return
    if file.explanation is None or there.explanation is None:
        st.info(translate("why.not_explained", file.language), icon=":material/info:")
        return
    _show_difference(file, there, differences(file.explanation, there.explanation))


def _choose_other(file: ClientFile) -> str | None:
    language, here = file.language, str(file.client)
    typed = st.text_input(
        translate("compared.other", language),
        key=TYPED,
        persist_state="session",
        live=True,
        max_chars=20,
        type="search",
        placeholder=translate("picker.placeholder", language),
        icon=":material/search:",
    )
    query = (typed or "").strip()
    uploaded = visit_contents().uploaded
    if query:
        matches = [*begin_with(uploaded, query, MAX_MATCHES), *resources.loaded_clients().search(query, MAX_MATCHES)]
    else:
        matches = list(resources.examples().values())
    offered = [each for each in dict.fromkeys(matches) if each != here][:MAX_MATCHES]
    if not offered:
        st.caption(translate("compared.none", language))
        return None
    if offered == [query]:
        return query
    verdicts = {client: verdict for verdict, client in resources.examples().items()}
    picked = st.pills(
        translate("compared.offer", language),
        offered,
        key=OFFERED,
        format_func=lambda each: (
            translate(f"welcome.{verdicts[each]}", language, client=each) if each in verdicts and not query else each
        ),
        label_visibility="collapsed",
    )
    return str(picked) if picked else None


def _show_difference(file: ClientFile, there: ClientFile, differing: tuple[Difference, ...]) -> None:
    language, currency = file.language, resources.settings().currency
    start, end = 100.0 * there.decision.solvency, 100.0 * file.decision.solvency
    digits = digits_to_distinguish(start, end)
    st.markdown(_gap(file, there, digits, language))
    bars = [
        (
            translate(
                "compared.step",
                language,
                label=label(each.source, language),
                there=value_of(each.there, language, currency),
                here=value_of(each.here, language, currency),
            ),
            each.points,
        )
        for each in differing
    ]
    steps, rest = bars[:BARS], bars[BARS:]
    if rest:
        steps.append((translate("waterfall.rest", language, n=len(rest)), sum(size for _, size in rest)))
    printed = round_to_sum([size for _, size in steps], start, end, digits)
    first, second = (translate("compared.client", language, client=str(each.client)) for each in (there, file))
    figure = waterfall.cascade(
        [(name, size, shown) for (name, size), shown in zip(steps, printed, strict=True)],
        ((first, start), (second, end)),
        language,
        palette(),
        title=translate("waterfall.points", language),
        digits=digits,
    )
    every = round_to_sum([each.points for each in differing], start, end, digits)
    lines = [
        {
            translate("why.feature", language): label(each.source, language),
            first: value_of(each.there, language, currency),
            second: value_of(each.here, language, currency),
            translate("why.points", language): signed(points, language, digits),
        }
        for each, points in zip(differing, every, strict=True)
    ]
    how = translate("compared.differ_how", language)
    show_title(f"{first} → {second}", "differences_table", lines, language, how=how)
    draw(figure, "differences", translate("compared.differ_alt", language))


def _gap(file: ClientFile, there: ClientFile, digits: int, language: Language) -> str:
    facts = {
        "here": str(file.client),
        "there": str(there.client),
        "solvency": percent(file.decision.solvency, language, digits),
    }
    points = distance_between(file.decision.solvency, there.decision.solvency, digits)
    if file.decision.solvency == there.decision.solvency:
        return translate("compared.gap_none", language, **facts)
    key = "compared.gap_above" if file.decision.solvency > there.decision.solvency else "compared.gap_below"
    other = percent(there.decision.solvency, language, digits)
    return translate(key, language, n=points, **facts, points=number(points, language, digits), other=other)
