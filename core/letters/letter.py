"""The letter on one refusal: what it is written from, and its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from core.decisions.draft import decode_input, is_revolving, tidy
from core.decisions.entry import Entry, Outcome
from core.errors import InputRefused, JournalError, NotExplained, Problem
from core.i18n.translations import Language, day, number, translate
from core.insights.history_facts import Counts, record_counts
from core.letters.reasons import SCORES, Telling, Values, choose_reasons
from core.letters.template import fill
from core.letters.wording import loan_name, reason_in_words
from core.records import Explanation
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.decision import LEAST_INFORMATION
from core.settings import Settings
from core.what_if.loan_offer import LoanMap, map_loans
from core.what_if.sentences import money

OWN_REASONS = ("debts", "documents", "guarantee", "purpose")
"""Of the list of reasons, those that say something to a client by themselves."""
TOLERANCE = 1e-9
"""Difference of P(default) up to which an answer counts as the one that was decided on: other machines round so."""
LOAN_NAMES = {"amount": "AMT_CREDIT", "instalment": "AMT_ANNUITY"}


@dataclass(frozen=True, slots=True)
class Sender:
    """The bank's own words: its name, the lines of its address, how to reach it, who hears appeals, and whom to ask
    about external scores."""

    name: str
    address: str
    contact: str
    appeal: str
    scores: str

    @property
    def lines(self) -> str:
        """Name and address, one line each."""
        return "\n".join([self.name, *(line.strip() for line in self.address.split(";") if line.strip())])


@dataclass(frozen=True, slots=True)
class Basis:
    """What a letter on one refusal is written from.

    entry: the refusal. telling: what may be told of the contributions against; nothing where the model did not speak
    against the loan. against: whether it did. loans: the file's offers, or None. values, counts: of the client's file.
    """

    entry: Entry
    model: Model
    telling: Telling
    against: bool
    loans: LoanMap | None
    values: Values = field(default_factory=dict)
    counts: Counts = field(default_factory=dict)

    @property
    def needs_own_reason(self) -> bool:
        """Whether no letter leaves without the officer's own reason.

        So it is where the age is among the four strongest, where the model spoke for the loan, and where nothing of
        what it said may be told.
        """
        return self.telling.age_withheld or not self.against or not self.telling.reasons


def sender_of(settings: Settings, language: Language, *, specimen: bool) -> Sender:
    """The bank's own words from the settings; in a specimen invented ones stand where a setting is empty.

    Raises
    ------
    InputRefused: a setting is empty, and the letter is no specimen.
    """
    words = {
        "name": settings.letter_name,
        "address": settings.letter_address,
        "contact": settings.letter_contact,
        "appeal": settings.letter_appeal,
        "scores": settings.letter_scores,
    }
    if specimen:
        return Sender(**{each: text or translate(f"letter.invented_{each}", language) for each, text in words.items()})
    empty = [f"LETTER_{each.upper()}" for each, text in words.items() if not text]
    if empty:
        raise InputRefused([Problem("letter_settings", facts={"names": ", ".join(empty)})])
    return Sender(**words)


def make_basis(entry: Entry, models: Callable[[str], Model]) -> Basis:
    """What a letter on a refusal is written from: the stored input, explained by the model that decided.

    models: opens the model with a digest.

    Raises
    ------
    JournalError: the input was erased, the bundle is missing, or it gives another answer than the one decided on.
    """
    body = entry.body
    if body.outcome is not Outcome.REFUSED:
        raise JournalError(Problem("letter_no_refusal", facts={"entry": body.sequence}))
    if "input" not in entry.parts:
        raise JournalError(Problem("letter_erased", facts={"entry": body.sequence}))
    model = models(body.bundle)
    row = decode_input(entry.parts["input"])
    try:
        found = assess(model, [row], review_band=body.review_band)
    except InputRefused:
        raise JournalError(Problem("journal_not_scored", facts={"entry": body.sequence})) from None
    decision = found.decisions[0]
    if abs(decision.probability - body.probability) > TOLERANCE:
        raise JournalError(Problem("letter_other_answer", facts={"entry": body.sequence}))
    if not decision.refused:
        return Basis(entry, model, Telling(share=1.0), False, None, _values_of(None))
    try:
        explanation: Explanation | None = explain_clients(model, found)[0]
    except NotExplained:
        explanation = None
    # The offers advise nothing where too little is known of the client.
    known = float(found.information[0]) >= LEAST_INFORMATION
    loans = map_loans(model, row, review_band=body.review_band) if known else None
    offer = loans.nearest if loans is not None else None
    offered = {} if offer is None else {"AMT_ANNUITY": offer.instalment, "PAYMENT_RATE": 1.0 / offer.payments}
    telling = choose_reasons(explanation, model.bundle.population, offered) if explanation else Telling()
    counts = record_counts(explanation.contributions) if explanation else {}
    return Basis(entry, model, telling, True, loans, _values_of(explanation), counts)


def own_reason(entry: Entry, language: Language) -> str:
    """The reason of the decision in words for the client, to begin with; empty where none was chosen.

    The officer's typed words are the bank's own notes: they go into no letter by themselves.
    """
    reason = entry.body.reason
    loan = loan_name(language, revolving=_is_revolving(entry))
    return translate(f"letter.own_{reason}", language, loan=loan) if reason in OWN_REASONS else ""


def reasons_block(basis: Basis, own: str, language: Language, currency: str) -> str:
    """The principal reasons, numbered: the officer's own first, then the model's."""
    own, population, revolving = tidy(own), basis.model.bundle.population, _is_revolving(basis.entry)
    sentences = [own if own.endswith((".", "!", "?", "…")) else f"{own}."] if own else []
    for each in basis.telling.principal(own=bool(own)):
        sentences.append(
            reason_in_words(each, basis.values, basis.counts, population, language, currency, revolving=revolving)
        )
    return "\n".join(f"{place}. {sentence}" for place, sentence in enumerate(sentences, start=1))


def write_letter(
    basis: Basis,
    sender: Sender,
    template: str,
    *,
    own: str,
    language: Language,
    currency: str,
    today: date,
    specimen: bool,
) -> str:
    """The text of the letter.

    Parameters
    ----------
    template: of `read_template`. own: the officer's own reason, in words for the client; may be empty.
    today: date of the letter. specimen: the letter says at its head that client and sender are made up.
    """
    entry = basis.entry
    loan = entry.loan
    shown = {name: money(loan[column], language, currency) for name, column in LOAN_NAMES.items() if column in loan}
    facts = {
        "sender": sender.lines,
        "name": sender.name,
        "contact": sender.contact,
        "appeal": sender.appeal,
        "date": day(today, language),
        "decided": day(entry.when.date(), language),
        "entry": str(entry.body.sequence),
        "client": entry.client,
        "loan": loan_name(language, revolving=_is_revolving(entry)),
        "amount": shown.get("amount", translate("value.missing", language)),
        "instalment": shown.get("instalment", translate("value.missing", language)),
        "reasons": reasons_block(basis, own, language, currency),
        "scores": _scores(basis, own, sender, language),
        "alternatives": _alternatives(basis, own, language, currency),
    }
    text = fill(template, facts)
    return f"{translate('letter.specimen', language)}\n\n{text}" if specimen else text


def _is_revolving(entry: Entry) -> bool:
    return "input" in entry.parts and is_revolving(decode_input(entry.parts["input"]))


def _values_of(explanation: Explanation | None) -> Values:
    return {each.source: each.value for each in explanation.contributions} if explanation else {}


def _scores(basis: Basis, own: str, sender: Sender, language: Language) -> str:
    """Whom to ask about external scores, where the letter names one."""
    told = basis.telling.principal(own=bool(tidy(own)))
    if not any(each.code == SCORES for each in told):
        return ""
    return translate("letter.scores", language, contact=sender.scores)


def _alternatives(basis: Basis, own: str, language: Language, currency: str) -> str:
    """The nearest loan of the file's offers that would have got a favourable opinion, under its heading.

    No loan takes the officer's own reason away, and the letter says so. A revolving credit has no such instalments.
    """
    offer = basis.loans.nearest if basis.loans is not None else None
    if offer is None or _is_revolving(basis.entry):
        return ""
    told = translate(
        "letter.alternatives",
        language,
        amount=money(offer.amount, language, currency),
        instalment=money(offer.instalment, language, currency),
        payments=number(offer.payments, language),
    )
    return f"{told} {translate('letter.alternatives_own', language)}" if tidy(own) else told
