"""The journal's screen: what was decided, filtered also by the address, opened as it was then, checked and exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.decisions.draft import make_draft
from core.decisions.entry import Outcome
from core.i18n.translations import percent, translate
from core.scoring.assess import Model
from pages.components import resources
from tests.core.decisions.drafts import chosen, draft
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

WHO = translate("journal.column_who", "en")


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: People, model: Model) -> str:
    """Three decisions by two people, the last one on a loaded client; its id."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    resources.settings.clear()
    resources.journal.clear()
    journal, client = resources.journal(), people.clients.search("", 1)[0]
    journal.append(draft("1", who="Camille Roux"))
    journal.append(draft("2", who="Noa *Petit*", outcome=Outcome.REFUSED, reason="policy"))
    taken = chosen(Outcome.ASKED_FOR_MORE, words="the payslips")
    journal.append(make_draft(model, people.row(client), taken, review_band=0.02, synthetic=True))
    return client


def entries(app: AppTest) -> list[str]:
    return list(sights.table(app, WHO)["Entry"]) if app.dataframe else []


def words(app: AppTest) -> str:
    return " ".join(sights.texts(app)).replace("\\", "")


def test_decisions_stand_newest_first_with_the_rate_of_departures(open_app: Open) -> None:
    app = open_app("journal")
    assert not app.exception
    assert entries(app) == ["3", "2", "1"]
    assert translate("journal.number", "en", n=3, share=percent(1 / 3, "en", 1)) in words(app)
    assert "Noa *Petit*" in words(app)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "Camille Roux"}, ["3", "1"]),
        ({"client": "2"}, ["2"]),
        ({"outcome": "refused"}, ["2"]),
        ({"departs": "1"}, ["2"]),
        ({"until": "2020-01-01"}, []),
        ({"since": "no day", "outcome": "nothing", "who": "nobody"}, ["3", "2", "1"]),
    ],
)
def test_the_address_holds_the_filter(open_app: Open, query: dict[str, str], found: list[str]) -> None:
    assert entries(open_app("journal", **query)) == found


def test_a_filter_that_is_chosen_stands_in_the_address(open_app: Open) -> None:
    app = open_app("journal")
    app.selectbox(key="journal_outcome").set_value(Outcome.REFUSED).run()
    assert entries(app) == ["2"]
    assert app.query_params["outcome"] in ("refused", ["refused"])


def test_the_journal_is_checked_and_the_first_fault_is_named(open_app: Open) -> None:
    app = sights.press(open_app("journal"), translate("journal.check", "en"))
    assert f"3 entries, all just as they were written. Head: `{resources.journal().head()}`" in words(app)
    with resources.journal().database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_entries_stay")
        connection.exec_driver_sql("UPDATE journal_entries SET hash = 'f' || substr(hash, 2) WHERE sequence = 2")
        connection.exec_driver_sql("UPDATE journal_entries SET hash = 'e' || substr(hash, 2) WHERE sequence = 2")
    app = sights.press(open_app("journal"), translate("journal.check", "en"))
    assert "Entry 2 is not as it was written" in words(app)


def test_an_empty_journal_says_so(open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "empty"))
    resources.settings.clear()
    resources.journal.clear()
    assert translate("journal.none", "fr") in words(open_app("journal", locale="fr-FR"))


def test_a_journal_on_a_disk_that_does_not_last_says_so(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNO", "web.1")
    resources.settings.clear()
    assert translate("journal.disk", "en") in words(open_app("journal"))
