"""The contents of a client's file on paper, as sentences; `core.reports.pdf` lays them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import NotExplained
from core.i18n.translations import Language, day, percent, translate
from core.insights import sentences
from core.insights.completeness import (
    column_name,
    column_values,
    impossible_columns,
    impossible_in_words,
    outside,
    outside_in_words,
)
from core.insights.history_facts import record_counts
from core.insights.reason_sentences import holds_black_box, reasons_in_words
from core.records import Assessments, Decision, Row, ValueOrigin
from core.scoring.assess import Model, explain_clients
from core.scoring.explanation import reasons

MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences; **two asterisks** set words in bold."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientReport:
    """One client's file in one language.

    banner: large text above each page of a simulation; empty for a real file.
    solvency, line: the two numbers of the gauge, in percent.
    opinion, answer: the recommendation, and sentences that say what the numbers mean.
    facts: (label, value) of the client and of the loan.
    footer: the model, and that a person decides.
    """

    language: Language
    title: str
    subtitle: str
    banner: str
    decision: Decision
    solvency: str
    line: str
    opinion: str
    answer: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    day: date


def make_client_report(
    model: Model,
    row: Row,
    assessments: Assessments,
    *,
    synthetic: bool,
    today: date,
    review_band: float,
    language: Language,
    currency: str,
    simulates: Sequence[str] = (),
) -> ClientReport:
    """Write the file of one assessed client.

    Parameters
    ----------
    model: the model that assessed the client.
    row: the client as it was sent.
    assessments: the assessment of this one client.
    synthetic: the client is synthetic, and the report says so.
    today: date of the report.
    review_band: distance from the threshold within which a client is to review, in P(default).
    language, currency: for words and amounts.
    simulates: one sentence for each change of a simulation; empty for a real file.
    """
    decision = assessments.decisions[0]
    digits = decision.digits
    sections = [
        # The layout interprets links, and these sentences quote cells of the client's file.
        *([Section(translate("paper.changes", language), tuple(map(_without_links, simulates)))] if simulates else []),
        *_reasons(model, assessments, language, currency),
        _completeness(model, assessments, language, currency),
    ]
    return ClientReport(
        language=language,
        title=translate("client.title", language, client=str(assessments.aligned.ids[0])),
        subtitle=" · ".join([day(today, language), *([translate("client.synthetic", language)] if synthetic else [])]),
        banner=translate("paper.simulation", language) if simulates else "",
        decision=decision,
        solvency=percent(decision.solvency, language, digits),
        line=translate("gauge.line", language, line=percent(decision.solvency_line, language, digits)),
        opinion=translate(f"verdict.{decision.verdict}", language),
        answer=(
            f"**{sentences.distance(decision, language)}**",
            *sentences.why_review(decision, float(assessments.information[0]), review_band, language),
            sentences.of_hundred(decision, language),
            translate("gauge.scale", language),
            translate("verdict.recommendation", language),
        ),
        facts=tuple(sentences.facts(row, sentences.FACTS, language, currency)),
        sections=tuple(sections),
        footer=(
            translate(
                "about.digest", language, digest=model.bundle.digest[:12], date=model.bundle.provenance.date[:10]
            ),
            translate("paper.not_for", language),
        ),
        day=today,
    )


def _reasons(model: Model, assessments: Assessments, language: Language, currency: str) -> list[Section]:
    try:
        explanation = explain_clients(model, assessments)[0]
    except NotExplained:
        return [Section(translate("why.title", language), (translate("why.not_explained", language),))]
    best, counts = reasons(explanation), record_counts(explanation.contributions)
    parts = [
        Section(
            translate(f"why.{key}", language),
            tuple(reasons_in_words(chosen, model.bundle, language, currency, counts))
            or (translate("why.nothing", language),),
        )
        for key, chosen in (("raising", best.raising), ("lowering", best.lowering))
    ]
    if holds_black_box([*best.raising, *best.lowering]):
        parts.append(Section("", (translate("why.black_box", language),)))
    return parts


def _completeness(model: Model, assessments: Assessments, language: Language, currency: str) -> Section:
    """How complete the file is, which values are impossible or outside the training range, and what was assumed."""
    values = column_values(assessments.aligned, model.bundle)
    impossible = impossible_columns(assessments.aligned)
    outside_values = tuple(each for each in outside(values, model.bundle.population) if each.source not in impossible)
    lines = [
        translate("report.information", language, share=percent(float(assessments.information[0]), language)),
        *impossible_in_words(assessments.aligned, model.bundle, language, currency),
        *outside_in_words(outside_values, language, currency),
    ]
    for state in (ValueOrigin.ASSUMED, ValueOrigin.UNSEEN, ValueOrigin.MISSING):
        names = [column_name(each, language) for each in values if each.state is state]
        if names:
            head = translate(f"report.{state.name.lower()}", language, n=len(names))
            more = [translate("paper.more", language, n=len(names) - MAX_NAMES)] if len(names) > MAX_NAMES else []
            listed = ", ".join([*names[:MAX_NAMES], *more])
            lines.append(translate("paper.names", language, head=head, names=listed))
    left_out = sentences.left_out(assessments.aligned.unknown, model.bundle, language)
    if left_out:
        lines.append(translate("report.left_out", language, names=", ".join(left_out)))
    return Section(translate("known.title", language), tuple(lines))


def _without_links(text: str) -> str:
    return text.replace("](", "] (")
