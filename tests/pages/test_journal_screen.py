"""The journal's screen: what was decided, filtered also by the address, opened as it was then, checked and exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from core.decisions.draft import make_draft
from core.decisions.entry import Entry, Outcome
from core.decisions.thresholds import record_threshold
from core.i18n.translations import percent, translate
from core.model.schema import ThresholdChange
from core.model.set_threshold import Changed
from core.scoring.assess import Model
from pages.components import resources
from tests.core.decisions.drafts import chosen, draft
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

WHO = translate("journal.column_who", "en")
WHAT, THEN, NOW = (translate(f"journal.replay_{each}", "en") for each in ("what", "then", "now"))


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


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_a_change_of_threshold_has_its_own_list(open_app: Open, locale: str) -> None:
    changed = ThresholdChange(
        before=0.16, after=0.1425, who="Noa *Petit*", because="losses", when="2026-11-30T09:30:00Z", bundle="0a" * 32
    )
    record_threshold(resources.journal(), Changed("0a" * 32, "1b" * 32, changed), review_band=0.02)
    app = open_app("journal", locale=locale)
    app.segmented_control(key="journal_kind").set_value("thresholds").run()
    assert app.query_params["kind"] in ("thresholds", ["thresholds"])
    shown = words(app).replace("\u202f", " ").replace("\u00a0", " ")
    if locale == "en-GB":
        assert "Acceptance threshold 84.0% → 85.8%, review band ± 2.0 points" in shown
        assert "losses Noa *Petit*, 30 Nov 2026 09:30 UTC · name not checked" in shown
    else:
        assert "Seuil d’acceptation 84,0 % → 85,8 %, zone d’examen ± 2,0 points" in shown
    assert "1b1b1b1b1b1b" in shown and "0a0a0a0a0a0a" in shown
    app.segmented_control(key="journal_kind").set_value("decisions").run()
    assert not app.exception
    assert len(app.dataframe) == 1


def test_the_list_of_changes_is_in_the_address_and_says_that_there_are_none(open_app: Open) -> None:
    assert translate("journal.changes_none", "en") in words(open_app("journal", kind="thresholds"))
    assert entries(open_app("journal", kind="nothing")) == ["3", "2", "1"]


def test_a_change_that_the_journal_lacks_is_said(open_app: Open, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = model.bundle
    change = ThresholdChange(
        before=0.16, after=0.15, who="Noa Petit", because="losses", when="2026-11-30T09:30:00Z", bundle="0a" * 32
    )
    other = replace(bundle, policy=msgspec.structs.replace(bundle.policy, changes=(change,)))
    monkeypatch.setattr(resources, "model", lambda: replace(model, bundle=other))
    lacking = translate("journal.changes_missing", "en", n=1, command="`python -m core journal record-threshold`")
    assert lacking in words(open_app("journal", kind="thresholds"))
    record_threshold(resources.journal(), Changed("0a" * 32, bundle.digest, change), review_band=0.02)
    assert lacking not in words(open_app("journal", kind="thresholds"))


def test_the_state_of_the_chain_stands_on_the_screen_and_the_first_fault_is_named(open_app: Open) -> None:
    shown = words(open_app("journal"))
    assert f"3 entries, all just as they were written. Head: `{resources.journal().head()}` Checked on " in shown
    with resources.journal().database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_entries_stay")
        connection.exec_driver_sql("UPDATE journal_entries SET hash = substr(hash, 2) || 'x' WHERE sequence = 2")
    assert "Entry 2 is not as it was written" in words(open_app("journal"))
    app = sights.press(open_app("journal"), translate("journal.check", "en"))
    assert "Entry 2 is not as it was written" in words(app)


def test_an_empty_journal_says_that_there_is_no_decision_yet(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "empty"))
    resources.settings.clear()
    resources.journal.clear()
    for query in ({}, {"client": "7"}):
        shown = words(open_app("journal", locale="fr-FR", **query))
        assert translate("journal.none_yet", "fr") in shown
        assert translate("journal.none", "fr") not in shown


def test_a_filter_that_nothing_fits_says_so(open_app: Open) -> None:
    assert translate("journal.none", "en") in words(open_app("journal", client="7"))


def test_a_journal_on_a_disk_that_does_not_last_says_so(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNO", "web.1")
    resources.settings.clear()
    assert translate("journal.disk", "en") in words(open_app("journal"))


def replayed(entry: Entry, model: Model) -> AppTest:
    """What the screen shows of an entry that was scored again, where this model serves."""

    def script() -> None:
        from pages.components.journal.replay import show_replay
        from tests.pages.test_journal_screen import REPLAYED

        show_replay(REPLAYED[0], "en")

    REPLAYED[:] = [entry]
    return sights.press(AppTest.from_function(script).run(), translate("journal.replay", "en"))


REPLAYED: list[Entry] = []


def test_an_entry_scored_again_says_that_it_is_the_same_or_lists_what_differs(written: str, model: Model) -> None:
    (entry,) = resources.journal().of_client(written)
    app = replayed(entry, model)
    same = translate("journal.replay_same", "en", solvency=percent(entry.body.solvency, "en", 4))
    assert same in words(app)
    other = msgspec.structs.replace(entry.body, probability=entry.body.probability + 0.01, threshold=0.5)
    app = replayed(replace(entry, body=other), model)
    assert not app.exception
    shown = sights.table(app, THEN)
    assert list(shown[WHAT]) == [
        translate(f"journal.replay_{each}", "en") for each in ("asked", "decided", "threshold")
    ]
    assert list(shown[THEN])[2] == "50.00%"
    assert list(shown[NOW])[2] == percent(1.0 - model.bundle.policy.threshold, "en", 2)


def test_where_the_bundle_is_gone_it_is_named_and_the_one_that_serves_says_what_differs(
    written: str, model: Model
) -> None:
    (entry,) = resources.journal().of_client(written)
    other = msgspec.structs.replace(entry.body, bundle="ab" * 32, threshold=0.5)
    app = replayed(replace(entry, body=other), model)
    assert "ab" * 32 in words(app)
    assert translate("journal.replay_serving", "en") in words(app)
    assert list(sights.table(app, THEN)[WHAT]) == [translate("journal.replay_threshold", "en")]
