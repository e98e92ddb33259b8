"""What stands on a client's file on paper, in words: `core.reports.pdf` only sets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.dictionary.lookup import label
from core.errors import NotExplained
from core.i18n.translations import Language, day, percent, translate
from core.insights import sentences
from core.insights.completeness import column_values, impossible, impossible_in_words, outside, outside_in_words
from core.insights.history_facts import record_counts
from core.insights.reason_sentences import holds_black_box, reasons_in_words
from core.records import Assessments, Decision, Row, ValueOrigin
from core.scoring.assess import Model, explain_clients
from core.scoring.explanation import reasons

MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences, in which **two asterisks** set words in bold."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientReport:
    """One client's file in one language.

    banner: empty, unless it is a simulation, which is then said in big. facts: label and value of who it is and what
    is asked for. opinion, answer: what is recommended, and what the numbers mean. foot: which model, and that a
    person decides.
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
    passages: tuple[Section, ...]
    foot: tuple[str, ...]
    day: date


def make_client_report(
    model: Model,
    row: Row,
    found: Assessments,
    *,
    synthetic: bool,
    today: date,
    review_band: float,
    language: Language,
    currency: str,
    simulates: Sequence[str] = (),
) -> ClientReport:
    """The sheet of one assessed client; simulates: of a simulation, what it changes, in a sentence each."""
    decision = found.decisions[0]
    digits = sentences.digits_to_distinguish(100.0 * decision.solvency, 100.0 * decision.solvency_line)
    passages = [
        # A sheet reads **bold** and links; the cells in these sentences are somebody else's.
        *([Section(translate("paper.changes", language), tuple(map(_without_links, simulates)))] if simulates else []),
        *_why(model, found, language, currency),
        _known(model, found, language, currency),
    ]
    return ClientReport(
        language=language,
        title=translate("client.title", language, client=str(found.aligned.ids[0])),
        subtitle=" · ".join([day(today, language), *([translate("client.synthetic", language)] if synthetic else [])]),
        banner=translate("paper.simulation", language) if simulates else "",
        decision=decision,
        solvency=percent(decision.solvency, language, digits),
        line=translate("gauge.line", language, line=percent(decision.solvency_line, language, digits)),
        opinion=translate(f"verdict.{decision.verdict}", language),
        answer=(
            f"**{sentences.distance(decision, language)}**",
            *sentences.why_review(decision, float(found.information[0]), review_band, language),
            sentences.of_hundred(decision, language),
            translate("gauge.scale", language),
            translate("verdict.recommendation", language),
        ),
        facts=tuple(sentences.facts(row, sentences.FACTS, language, currency)),
        passages=tuple(passages),
        foot=(
            translate(
                "about.digest", language, digest=model.bundle.digest[:12], date=model.bundle.provenance.date[:10]
            ),
            translate("paper.not_for", language),
        ),
        day=today,
    )


def _why(model: Model, found: Assessments, language: Language, currency: str) -> list[Section]:
    try:
        explanation = explain_clients(model, found)[0]
    except NotExplained:
        return [Section(translate("why.title", language), (translate("why.not_explained", language),))]
    best, counts = reasons(explanation), record_counts(explanation.contributions)
    told = [
        Section(
            translate(f"why.{key}", language),
            tuple(reasons_in_words(chosen, model.bundle, language, currency, counts))
            or (translate("why.nothing", language),),
        )
        for key, chosen in (("raising", best.raising), ("lowering", best.lowering))
    ]
    if holds_black_box([*best.raising, *best.lowering]):
        told.append(Section("", (translate("why.black_box", language),)))
    return told


def _known(model: Model, found: Assessments, language: Language, currency: str) -> Section:
    """What the file holds of what the model works with, what is odd in it, and what was done about the rest."""
    everything = column_values(found.aligned, model.bundle)
    wrong = impossible(everything)
    odd = {each.source for each in wrong}
    far = tuple(each for each in outside(everything, model.bundle.population) if each.source not in odd)
    told = [
        translate("report.information", language, share=percent(float(found.information[0]), language)),
        *impossible_in_words(wrong, language, currency),
        *outside_in_words(far, language, currency),
    ]
    for state in (ValueOrigin.ASSUMED, ValueOrigin.UNSEEN, ValueOrigin.MISSING):
        names = [label(each.source, language) for each in everything if each.state is state]
        if names:
            head = translate(f"report.{state.name.lower()}", language, n=len(names))
            more = [translate("paper.more", language, n=len(names) - MAX_NAMES)] if len(names) > MAX_NAMES else []
            told.append(translate("paper.names", language, head=head, names=", ".join([*names[:MAX_NAMES], *more])))
    left_out = sentences.left_out(found.aligned.unknown, model.bundle, language)
    if left_out:
        told.append(translate("report.left_out", language, names=", ".join(left_out)))
    return Section(translate("known.title", language), tuple(told))


def _without_links(text: str) -> str:
    return text.replace("](", "] (")
