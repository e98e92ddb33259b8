"""The letter and the contest on the screens: one click, nothing lost, kept as sent, answered by a decision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.decisions.draft import make_draft
from core.decisions.entry import Outcome
from core.decisions.letters import contests_of, letters_of
from core.dictionary.lookup import label
from core.i18n.translations import translate
from core.records import Verdict
from core.scoring.assess import Model
from pages.components import resources
from tests.core.decisions.drafts import chosen
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

OWN = "Your present instalments leave too little of your income."
BANK = {
    "LETTER_NAME": "Bank of Three",
    "LETTER_ADDRESS": "1 High Street;Threetown",
    "LETTER_CONTACT": "complaints@three.example",
    "LETTER_APPEAL": "the Ombudsman",
    "LETTER_SCORES": "the Agency",
}


def forget() -> None:
    resources.settings.clear()
    resources.journal.clear()


@pytest.fixture(autouse=True)
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: People, model: Model) -> str:
    """A synthetic client who was refused by Camille Roux in entry 1."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OFFICER", "Noa Petit")
    forget()
    return refuse(people, model, synthetic=True)


def refuse(people: People, model: Model, *, synthetic: bool) -> str:
    found = people.with_verdict(Verdict.UNFAVOURABLE)
    taken = chosen(Outcome.REFUSED, reason="documents", words="payslips of March missing")
    draft = make_draft(model, people.row(found), taken, review_band=0.02, synthetic=synthetic)
    resources.journal().append(draft)
    return found


def words(app: AppTest) -> str:
    return " ".join(sights.texts(app)).replace("\\", "")


def field(app: AppTest, begins: str) -> Any:
    """The field whose key begins so."""
    every = [*app.text_input, *app.text_area, *app.date_input, *app.selectbox, *app.segmented_control]
    return next(each for each in every if str(each.key).startswith(begins))


def begun(open_app: Open, client: str, locale: str = "en-GB") -> AppTest:
    language = "fr" if locale.startswith("fr") else "en"
    app = sights.press(open_app(id=client, locale=locale), translate("letter.begin", language))  # type: ignore[arg-type]
    assert not app.exception
    return app


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_one_click_writes_the_letter_in_the_language_of_the_screen(open_app: Open, client: str, locale: str) -> None:
    language = "fr" if locale == "fr-FR" else "en"
    app = begun(open_app, client, locale)
    text = field(app, "text_").value
    assert client in text
    assert text.startswith(translate("letter.specimen", language))  # type: ignore[arg-type]
    assert f"1. {translate('letter.own_documents', language)}" in text  # type: ignore[arg-type]
    assert "payslips of March" not in text
    # The price repeats the amount of a cash loan: the officer reads that it counted, the client does not.
    assert {"en": "price of the financed goods", "fr": "prix du bien financé"}[language] in words(app)
    assert label("AMT_GOODS_PRICE", language).lower() not in text.lower()  # type: ignore[arg-type]


def test_a_letter_is_edited_kept_and_shown_from_then_on(open_app: Open, client: str) -> None:
    app = begun(open_app, client)
    field(app, "own_").set_value(OWN).run()
    assert f"1. {OWN}" in field(app, "text_").value
    edited = field(app, "text_").value.replace("Dear Sir or Madam,", "Dear Ms Roux,")
    field(app, "text_").set_value(edited)
    sights.press(app, translate("letter.keep", "en"))
    assert not app.exception
    (kept,) = letters_of(resources.journal(), 1)
    assert kept.text == edited.strip()
    assert (kept.body.who, kept.body.specimen, kept.body.refers) == ("Noa Petit", True, 1)
    shown = words(app)
    assert translate("letter.saved", "en") in shown
    assert "Dear Ms Roux," in shown
    assert translate("letter.another", "en") in shown


def test_what_was_changed_by_hand_stays_when_the_own_reason_changes(open_app: Open, client: str) -> None:
    app = begun(open_app, client)
    edited = field(app, "text_").value.replace("1. ", "First: ")
    field(app, "text_").set_value(edited).run()
    field(app, "own_").set_value(OWN).run()
    assert field(app, "text_").value == edited
    assert translate("letter.by_hand", "en") in words(app)
    sights.press(app, translate("letter.keep", "en"))
    assert translate("problem.letter_lacks_reason", "en") in words(app)
    assert field(app, "text_").value == edited
    assert letters_of(resources.journal(), 1) == ()


def test_no_letter_for_a_real_client_while_the_bank_s_words_are_missing(
    open_app: Open, people: People, model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "real"))
    monkeypatch.setenv("LETTER_NAME", "Bank of Three")
    forget()
    client = refuse(people, model, synthetic=False)
    app = begun(open_app, client)
    assert "LETTER_ADDRESS, LETTER_CONTACT, LETTER_APPEAL, LETTER_SCORES" in words(app)
    assert not [each for each in app.text_area if str(each.key).startswith("text_")]
    for name, text in BANK.items():
        monkeypatch.setenv(name, text)
    forget()
    text = field(begun(open_app, client), "text_").value
    assert text.startswith("Bank of Three\n1 High Street\nThreetown\n")
    assert "SPECIMEN" not in text


def test_the_second_of_two_who_write_is_told_and_keeps_what_was_typed(open_app: Open, client: str) -> None:
    one, other = begun(open_app, client), begun(open_app, client)
    sights.press(one, translate("letter.keep", "en"))
    edited = field(other, "text_").value.replace("Dear Sir or Madam,", "Dear Ms Roux,")
    field(other, "text_").set_value(edited)
    sights.press(other, translate("letter.keep", "en"))
    assert translate("problem.letter_meanwhile", "en", entry=2) in words(other)
    assert field(other, "text_").value == edited
    sights.press(other, translate("letter.keep", "en"))
    assert len(letters_of(resources.journal(), 1)) == 2


def test_a_contest_is_recorded_marked_found_and_answered_with_a_reason(open_app: Open, client: str) -> None:
    app = sights.press(open_app(id=client), translate("contest.begin", "en"))
    sights.press(app, translate("contest.save", "en"))
    assert translate("problem.contest_without_words", "en") in words(app)
    field(app, "says_").set_value("My income rose in June.")
    sights.press(app, translate("contest.save", "en"))
    assert not app.exception
    assert [each.words for each in contests_of(resources.journal(), 1)] == ["My income rose in June."]
    assert translate("contest.waits_today", "en") in words(app)

    listed = open_app("journal", contest="open")
    assert list(sights.table(listed, "Objection")["Objection"]) == [translate("contest.open", "en")]

    sights.press(app, translate("decision.decide", "en"))
    assert translate("contest.answering", "en", entry="2") in words(app)
    field(app, "outcome_").set_value(Outcome.GRANTED)
    sights.press(app, translate("decision.save", "en"))
    assert "answers an objection" in words(app) or "departs from the recommendation" in words(app)
    field(app, "reason_").set_value("income")
    field(app, "words_").set_value("the payslips of June were seen")
    sights.press(app, translate("decision.save", "en"))
    assert not app.exception
    assert [each.answer for each in contests_of(resources.journal(), 1)] == [3]
    assert translate("contest.answered_by", "en", entry="3") in words(app)
    assert translate("journal.none", "en") in words(open_app("journal", contest="open"))
