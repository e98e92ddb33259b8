"""A letter on a revolving credit calls it so wherever it names the loan, and names no other loan beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from core.decisions.draft import make_draft
from core.decisions.entry import Entry, Outcome
from core.decisions.journal import Journal
from core.i18n.translations import LANGUAGES, Language
from core.letters.letter import make_basis, own_reason, write_letter
from core.letters.reasons import Reason, Telling
from core.letters.template import read_template
from core.records import Row, Verdict
from core.scoring.assess import Model
from core.what_if.sentences import money
from tests.core.conftest import Thousand
from tests.core.decisions.drafts import chosen
from tests.core.letters.test_letter import BANK
from tests.core.letters.test_reasons import contribution

RAW: Row = {"NAME_CONTRACT_TYPE": "Revolving loans"}
ENCODED: Row = {"NAME_CONTRACT_TYPE_Cash loans": 0, "NAME_CONTRACT_TYPE_Revolving loans": 1}
OPENING = {
    "en": "You applied to us for a {loan} of {amount}, to be repaid in instalments of {instalment}.",
    "fr": "Vous nous avez demandé un {loan} de {amount}, à rembourser par échéances de {instalment}.",
}
NAMED = {
    "en": (
        "Your application for a {loan}\n",
        "decided not to grant this {loan}.",
        "1. The amount of the {loan}: {amount}.",
    ),
    "fr": ("Votre demande de {loan}\n", "décidé de ne pas accorder ce {loan}.", "1. Le montant du {loan} : {amount}."),
}
LOAN = {"en": ("loan", "revolving credit"), "fr": ("crédit", "crédit renouvelable")}
OWN = {
    ("en", "guarantee"): "The security offered for the revolving credit is not sufficient.",
    ("en", "purpose"): "We do not finance the purpose of this revolving credit.",
    ("fr", "guarantee"): "Les garanties proposées pour ce crédit renouvelable ne sont pas suffisantes.",
    ("fr", "purpose"): "Nous ne finançons pas l’objet de ce crédit renouvelable.",
}


def refused(model: Model, thousand: Thousand, verdict: Verdict, kind: Row, reason: str = "policy") -> Entry:
    """The recorded refusal of a client with this verdict who asked for that kind of loan."""
    place = next(place for place, each in enumerate(thousand.found.decisions) if each.verdict is verdict)
    row = {**{name: cell for name, cell in thousand.rows[place].items() if name != "NAME_CONTRACT_TYPE"}, **kind}
    taken = chosen(Outcome.REFUSED, reason=reason, words="as agreed")
    return Journal().append(make_draft(model, row, taken, review_band=0.02, synthetic=True)).entry


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", [Verdict.UNFAVOURABLE, Verdict.FAVOURABLE], ids=str)
@pytest.mark.parametrize(
    ("kind", "revolving"),
    [({"NAME_CONTRACT_TYPE": "Cash loans"}, False), ({}, False), (RAW, True), (ENCODED, True)],
    ids=["cash", "not said", "revolving", "encoded"],
)
def test_the_loan_is_called_what_it_is(
    model: Model, thousand: Thousand, language: Language, verdict: Verdict, kind: Row, revolving: bool
) -> None:
    entry = refused(model, thousand, verdict, kind)
    basis = make_basis(entry, lambda _: model)
    amount, instalment = entry.loan["AMT_CREDIT"], entry.loan["AMT_ANNUITY"]
    values = {"AMT_CREDIT": amount, "AMT_ANNUITY": instalment}
    telling = Telling(reasons=(Reason("amount", (contribution("AMT_CREDIT", -9.0, amount),)),), share=1.0)
    text = write_letter(
        replace(basis, telling=telling, values=values),
        BANK,
        read_template("", language),
        own="",
        language=language,
        currency="€",
        today=date(2026, 11, 30),
        specimen=False,
    )
    shown = {
        "loan": LOAN[language][revolving],
        "amount": money(amount, language, "€"),
        "instalment": money(instalment, language, "€"),
    }
    for sentence in (OPENING[language], *NAMED[language]):
        assert plain(sentence.format(**shown)) in plain(text)
    if revolving:
        assert not re.search(r"\bloans?\b|\bcrédit\b(?! renouvelable)", text)


def plain(text: str) -> str:
    """The text with one kind of blank."""
    return re.sub("[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize(("language", "reason"), OWN)
def test_the_reason_proposed_calls_it_so_too(model: Model, thousand: Thousand, language: Language, reason: str) -> None:
    assert own_reason(refused(model, thousand, Verdict.UNFAVOURABLE, RAW, reason), language) == OWN[language, reason]
