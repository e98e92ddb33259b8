"""What stands on a client's file on paper, in words: `core.reports.pdf` only sets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.dictionary.lookup import label
from core.errors import NotExplained
from core.i18n.translations import Language, day, percent, say
from core.insights import sentences
from core.insights.completeness import impossible, impossible_in_words, known, outside, outside_in_words
from core.insights.reason_sentences import holds_black_box, reasons_in_words
from core.records import Assessments, Decision, Row, State
from core.scoring.assess import Model, explain_clients
from core.scoring.explanation import reasons

MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading and its sentences, in which **two asterisks** set words in bold."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
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
    passages: tuple[Passage, ...]
    foot: tuple[str, ...]
    day: date


def make_sheet(
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
) -> Sheet:
    """The sheet of one assessed client; simulates: of a simulation, what it changes, in a sentence each."""
    decision = found.decisions[0]
    digits = sentences.apart(100.0 * decision.solvency, 100.0 * decision.solvency_line)
    passages = [
        # A sheet reads **bold** and links; the cells in these sentences are somebody else's.
        *([Passage(say("paper.changes", language), tuple(map(_without_links, simulates)))] if simulates else []),
        *_why(model, found, language, currency),
        _known(model, found, language, currency),
    ]
    return Sheet(
        language=language,
        title=say("client.title", language, client=str(found.aligned.ids[0])),
        subtitle=" · ".join([day(today, language), *([say("client.synthetic", language)] if synthetic else [])]),
        banner=say("paper.simulation", language) if simulates else "",
        decision=decision,
        solvency=percent(decision.solvency, language, digits),
        line=say("gauge.line", language, line=percent(decision.solvency_line, language, digits)),
        opinion=say(f"verdict.{decision.verdict}", language),
        answer=(
            f"**{sentences.distance(decision, language)}**",
            *sentences.why_review(decision, float(found.information[0]), review_band, language),
            sentences.of_hundred(decision, language),
            say("gauge.scale", language),
            say("verdict.recommendation", language),
        ),
        facts=tuple(sentences.facts(row, sentences.FACTS, language, currency)),
        passages=tuple(passages),
        foot=(
            say("about.digest", language, digest=model.bundle.digest[:12], date=model.bundle.provenance.date[:10]),
            say("paper.not_for", language),
        ),
        day=today,
    )


def _why(model: Model, found: Assessments, language: Language, currency: str) -> list[Passage]:
    try:
        explanation = explain_clients(model, found)[0]
    except NotExplained:
        return [Passage(say("why.title", language), (say("why.not_explained", language),))]
    best = reasons(explanation)
    told = [
        Passage(
            say(f"why.{key}", language),
            tuple(reasons_in_words(chosen, model.bundle, language, currency)) or (say("why.nothing", language),),
        )
        for key, chosen in (("raising", best.raising), ("lowering", best.lowering))
    ]
    if holds_black_box([*best.raising, *best.lowering]):
        told.append(Passage("", (say("why.black_box", language),)))
    return told


def _known(model: Model, found: Assessments, language: Language, currency: str) -> Passage:
    """What the file holds of what the model works with, what is odd in it, and what was done about the rest."""
    everything = known(found.aligned, model.bundle)
    wrong = impossible(everything)
    odd = {each.source for each in wrong}
    far = tuple(each for each in outside(everything, model.bundle.population) if each.source not in odd)
    told = [
        say("report.information", language, share=percent(float(found.information[0]), language)),
        *impossible_in_words(wrong, language, currency),
        *outside_in_words(far, language, currency),
    ]
    for state in (State.ASSUMED, State.UNSEEN, State.MISSING):
        names = [label(each.source, language) for each in everything if each.state is state]
        if names:
            head = say(f"report.{state.name.lower()}", language, n=len(names))
            more = [say("paper.more", language, n=len(names) - MOST_NAMES)] if len(names) > MOST_NAMES else []
            told.append(say("paper.names", language, head=head, names=", ".join([*names[:MOST_NAMES], *more])))
    left_out = sentences.left_out(found.aligned.unknown, model.bundle, language)
    if left_out:
        told.append(say("report.left_out", language, names=", ".join(left_out)))
    return Passage(say("known.title", language), tuple(told))


def _without_links(text: str) -> str:
    return text.replace("](", "] (")
