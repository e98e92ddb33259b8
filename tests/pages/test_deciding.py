"""Deciding on a client: one button, a reason where it departs, shown from then on, never lost, never written twice."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.decisions.draft import loan_of
from core.decisions.entry import LoanOrigin, Outcome
from core.i18n.translations import translate
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.what_if.alternatives import find_alternatives
from core.what_if.loan_offer import map_loans
from pages.components import resources
from pages.components.session import KEY
from tests.core.decisions.drafts import draft
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

SAVED, NONE = translate("decision.saved", "en"), translate("decision.none", "en")
MUST_EXPLAIN = "this decision departs from the recommendation, so choose a reason and explain it in words"


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal of its own for each test."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    resources.settings.clear()
    resources.journal.clear()
    return tmp_path


@pytest.fixture
def client(people: People) -> str:
    return people.with_verdict(Verdict.FAVOURABLE)


def field(app: AppTest, begins: str) -> Any:
    """The field of the open form whose key begins so."""
    every = [*app.text_input, *app.text_area, *app.selectbox, *app.segmented_control]
    return next(each for each in every if str(each.key).startswith(begins))


def decide(app: AppTest, *, who: str = "Camille Roux", outcome: Outcome = Outcome.GRANTED, **typed: object) -> AppTest:
    """Opens the form, fills it and saves: decide(app, outcome=…, reason=…, words=…)."""
    sights.press(app, translate("decision.decide", "en"))
    for name, value in {"who": who, "outcome": outcome, **typed}.items():
        field(app, f"{name}_").set_value(value)
    return sights.press(app, translate("decision.save", "en"))


def words(app: AppTest) -> str:
    return " ".join(sights.texts(app)).replace("\\", "")


def test_a_decision_is_saved_and_shown_with_who_and_when(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    assert NONE in words(app)
    decide(app)
    assert not app.exception
    assert SAVED in words(app)
    assert "**Granted** by Camille Roux, " in words(app)
    assert " UTC" in words(app)
    (entry,) = resources.journal().of_client(client)
    assert (entry.body.outcome, entry.body.who, entry.body.identified) == (Outcome.GRANTED, "Camille Roux", False)
    again = words(open_app(id=client, locale="fr-FR"))
    assert "**Accordé** par Camille Roux, le " in again
    assert translate("journal.unchecked", "fr") in again


@pytest.mark.parametrize("verdict", [Verdict.FAVOURABLE, Verdict.UNFAVOURABLE], ids=str)
def test_nothing_is_chosen_beforehand_and_without_a_choice_nothing_is_saved(
    open_app: Open, people: People, verdict: Verdict
) -> None:
    client = people.with_verdict(verdict)
    app = sights.press(open_app(id=client), translate("decision.decide", "en"))
    assert translate("decision.departing", "en") not in words(app)
    typed = {"outcome_": None, "who_": "Camille Roux", "reason_": "policy", "words_": "as agreed"}
    for name in ("who_", "reason_", "words_"):
        field(app, name).set_value(typed[name])
    sights.press(app, translate("decision.save", "en"))
    assert [each.value.replace("\\", "") for each in app.error] == ["Not saved: choose a decision first."]
    assert resources.journal().of_client(client) == ()
    app.sidebar.segmented_control[0].set_value("fr").run()
    assert "Non enregistré\u202f: choisissez d’abord une décision." in words(app)
    assert {name: field(app, name).value for name in typed} == typed
    field(app, "outcome_").set_value(Outcome.REFUSED)
    sights.press(app, translate("decision.save", "fr"))
    (entry,) = resources.journal().of_client(client)
    assert (entry.body.outcome, entry.parts["words"]) == (Outcome.REFUSED, "as agreed")


def test_the_bundle_that_decided_is_kept(open_app: Open, client: str, model: Model, fresh: Path) -> None:
    decide(open_app(id=client))
    assert (fresh / "bundles" / model.bundle.digest / "model.txt").is_file()


def test_against_the_recommendation_a_reason_and_words_are_wanted_and_what_was_typed_stays(
    open_app: Open, client: str
) -> None:
    app = decide(open_app(id=client), outcome=Outcome.REFUSED, words="", reason="policy")
    assert MUST_EXPLAIN in words(app)
    assert translate("decision.departing", "en") in words(app)
    assert resources.journal().of_client(client) == ()
    assert field(app, "reason_").value == "policy"
    assert field(app, "who_").value == "Camille Roux"
    field(app, "words_").set_value("moves abroad next month")
    sights.press(app, translate("decision.save", "en"))
    (entry,) = resources.journal().of_client(client)
    assert (entry.body.departs, entry.body.reason, entry.parts["words"]) == (True, "policy", "moves abroad next month")
    assert translate("decision.departs", "en") in words(app)


def test_deciding_again_adds_and_remembers_the_name(open_app: Open, client: str) -> None:
    app = decide(open_app(id=client))
    sights.press(app, translate("decision.decide", "en"))
    assert (field(app, "who_").value, field(app, "outcome_").value) == ("Camille Roux", None)
    field(app, "outcome_").set_value(Outcome.ASKED_FOR_MORE)
    sights.press(app, translate("decision.save", "en"))
    assert [each.body.outcome for each in resources.journal().of_client(client)] == [
        Outcome.GRANTED,
        Outcome.ASKED_FOR_MORE,
    ]
    assert words(app).index("**More information requested**") < words(app).index("**Granted**")


def test_the_second_of_two_is_told_of_the_first(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    sights.press(app, translate("decision.decide", "en"))
    resources.journal().append(draft(client, who="Noa Petit"))
    field(app, "who_").set_value("Camille Roux")
    field(app, "outcome_").set_value(Outcome.GRANTED)
    sights.press(app, translate("decision.save", "en"))
    assert translate("decision.meanwhile", "en", who="Noa Petit") in words(app)
    assert len(resources.journal().of_client(client)) == 2


def test_an_impossible_value_is_granted_only_with_what_was_checked(open_app: Open, people: People, client: str) -> None:
    row = {**people.row(client), "EXT_SOURCE_2": 6.2}
    app = open_app()
    state = app.session_state[KEY]
    state.row, state.synthetic = row, True
    state.assessments = assess(resources.model(), [row], review_band=0.02)
    app.run()
    decide(app)
    assert "the file contains an impossible value" in words(app)
    field(app, "checked_").set_value("the score on paper says 0.62")
    sights.press(app, translate("decision.save", "en"))
    (entry,) = resources.journal().of_client(client)
    assert entry.parts["checked"] == "the score on paper says 0.62"


def test_from_a_simulation_the_loan_decided_is_that_one(open_app: Open, client: str) -> None:
    app = sights.open_part(open_app(id=client), "what_if")
    app.text_input(key=f"what_if_{client}_AMT_CREDIT_en").set_value("123000").run()
    sights.press(app, translate("decision.decide_loan", "en"))
    field(app, "who_").set_value("Camille Roux")
    sights.press(app, translate("decision.save", "en"))
    assert not app.exception
    (entry,) = resources.journal().of_client(client)
    assert (entry.body.outcome, entry.body.loan_origin) == (Outcome.GRANTED_OTHERWISE, LoanOrigin.SIMULATION)
    assert entry.loan["AMT_CREDIT"] == 123000.0
    assert "A simulation: " in words(app) and "123,000" in words(app)


def test_from_an_offer_the_loan_decided_is_the_one_that_is_offered(
    open_app: Open, people: People, model: Model
) -> None:
    client = people.first(
        lambda row, decision: (
            decision.verdict is Verdict.UNFAVOURABLE
            and (loans := map_loans(model, row, review_band=0.02)) is not None
            and loans.nearest is not None
        )
    )
    app = sights.open_part(open_app(id=client), "offer")
    sights.press(app, translate("decision.decide_loan", "en"))
    field(app, "who_").set_value("Camille Roux")
    sights.press(app, translate("decision.save", "en"))
    (entry,) = resources.journal().of_client(client)
    loans = map_loans(model, people.row(client), review_band=0.02)
    assert loans is not None
    nearest = find_alternatives(model, people.row(client), loans, review_band=0.02)[-1].loan
    assert nearest is not None
    assert entry.loan["AMT_CREDIT"] == nearest.amount
    assert entry.loan["AMT_CREDIT"] != loan_of(people.row(client))["AMT_CREDIT"]
    assert (entry.body.loan_origin, entry.body.departs) == (LoanOrigin.OFFER, False)
    assert entry.body.loan_recommendation is Verdict.FAVOURABLE


def test_where_strangers_can_come_the_journal_is_the_visit_s_own(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    app.context = {"locale": "en-GB", "url": "https://aval.example/client"}
    app.run()
    assert translate("journal.demonstration", "en") in words(app)
    decide(app)
    assert "**Granted** by Camille Roux" in words(app)
    assert resources.journal().of_client(client) == ()


def test_a_demonstration_s_decisions_outlive_a_portfolio(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    app.context = {"locale": "en-GB", "url": "https://aval.example/client"}
    decide(app.run())
    app.switch_page("portfolio.py").run()
    app.file_uploader(key="portfolio_file").set_value(("a.csv", b"no clients", "text/csv")).run()
    sights.press(app, translate("portfolio.score_loaded", "en", n=len(resources.loaded_clients())))
    sights.press(app, translate("portfolio.stop", "en"))
    app.switch_page("client.py").run()
    assert "**Granted** by Camille Roux" in words(app)


@pytest.mark.parametrize("forwarded", [False, True])
def test_a_header_that_says_this_machine_opens_no_journal(
    open_app: Open, client: str, monkeypatch: pytest.MonkeyPatch, forwarded: bool
) -> None:
    """The address is the browser's to say, and where a proxy is trusted, the connection's origin is the header's."""
    headers = [("x-forwarded-for", "127.0.0.1")] if forwarded else []
    connection = SimpleNamespace(headers=headers, cookies={}, remote_ip="127.0.0.1")
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: connection)
    app = open_app(id=client)
    assert (translate("journal.demonstration", "en") in words(app)) is forwarded
    decide(app)
    assert "**Granted** by Camille Roux" in words(app)
    assert len(resources.journal().of_client(client)) == (0 if forwarded else 1)


def test_a_journal_that_cannot_be_written_says_not_saved_and_keeps_what_was_typed(
    open_app: Open, client: str, fresh: Path
) -> None:
    (fresh / "journal.sqlite").write_bytes(b"not a database at all, but text " * 100)
    app = decide(open_app(id=client), words="as agreed")
    assert "database is damaged or is not a journal of Aval" in words(app)
    assert field(app, "words_").value == "as agreed"
    (fresh / "journal.sqlite").unlink()
    app.run()
    field(app, "who_").set_value("Camille Roux")
    sights.press(app, translate("decision.save", "en"))
    assert SAVED in words(app)
    with sqlite3.connect(fresh / "journal.sqlite") as database:
        assert database.execute("SELECT count(*) FROM journal_entries").fetchone() == (1,)


def test_own_reasons_and_name_come_from_the_settings(
    open_app: Open, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFICER", "Noa Petit")
    monkeypatch.setenv("DECISION_REASONS", "Surety; Old client")
    resources.settings.clear()
    app = open_app(id=client)
    sights.press(app, translate("decision.decide", "en"))
    assert field(app, "who_").value == "Noa Petit"
    assert list(field(app, "reason_").options) == ["Surety", "Old client"]
