"""A file of clients on the portfolio screen: scored, sorted, mended, downloaded, and each client one click away."""

from __future__ import annotations

import threading
import time
import weakref
from functools import partial
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from core.batch import background
from core.batch.background import ScoringJob
from core.batch.progress import Progress
from core.batch.scorer import score_portfolio
from core.dictionary.lookup import label
from core.i18n.translations import translate
from core.readers.upload import read_upload
from core.records import ReviewReason, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from pages.components.portfolio.upload import progress
from tests.browser.serving import MAX_SECONDS
from tests.core.drawn import draw_rows, filled_column
from tests.pages import files, sights
from tests.pages.conftest import Open
from tests.pages.people import People

BAND = Settings().review_band
BARE = ("SK_ID_CURR", "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH")


def until_scored(app: AppTest) -> AppTest:
    """Looks at the screen until nothing is under way there."""
    deadline = time.monotonic() + MAX_SECONDS
    while any(button.label == translate("portfolio.stop", "en") for button in app.button):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    return app


def upload(app: AppTest, content: bytes, name: str = "branch.csv") -> AppTest:
    return until_scored(app.file_uploader(key="portfolio_file").set_value((name, content, "text/csv")).run())


@pytest.fixture(scope="module")
def rows(model: Model) -> list[dict[str, object]]:
    drawn = draw_rows(model, 40, seed=21, missing=0.0)
    return [{name: row.get(name) for name in drawn[0]} for row in drawn]


@pytest.fixture(scope="module")
def content(rows: list[dict[str, object]]) -> bytes:
    return files.as_csv(*rows)


def show_charts(app: AppTest) -> AppTest:
    return app.segmented_control(key="portfolio_view").set_value("charts").run()


def show_refused(app: AppTest) -> AppTest:
    return app.segmented_control(key="portfolio_view").set_value("refused").run()


def test_a_file_is_scored_and_shown_a_page_at_a_time(
    open_app: Open, model: Model, rows: list[dict[str, object]], content: bytes
) -> None:
    app = upload(open_app("portfolio"), content)
    wanted = assess(model, rows, review_band=BAND)
    fold = sights.expander(app, "File in use: branch").replace("\\", "")
    assert fold == "File in use: branch.csv. Score another one"
    assert "40 clients read: CSV with the separator “,”" in sights.folded(app, "File in use").replace("\\", "")
    shown = sights.queue(app)
    assert [row["client"] for row in shown] == [str(client) for client in wanted.aligned.ids[:25]]
    assert [row["badge"] for row in shown] == [
        translate(f"verdict.{each.verdict}", "en") for each in wanted.decisions[:25]
    ]
    sights.turn_page(app, 2)
    assert [row["client"] for row in sights.queue(app)] == [str(client) for client in wanted.aligned.ids[25:]]
    assert not app.exception


def test_counts_and_amounts_and_distribution_have_their_tables(
    open_app: Open, model: Model, rows: list[dict[str, object]], content: bytes
) -> None:
    app = show_charts(upload(open_app("portfolio"), content))
    verdicts = [each.verdict for each in assess(model, rows, review_band=BAND).decisions]
    order = (Verdict.FAVOURABLE, Verdict.TO_REVIEW, Verdict.UNFAVOURABLE)
    drawn = sights.figure(app, "portfolio_counts")["data"][0]["x"]
    assert drawn == [verdicts.count(verdict) for verdict in order]
    assert sights.table(app, "Share")["Clients"].tolist() == [str(verdicts.count(verdict)) for verdict in order]
    amounts = sights.figure(app, "portfolio_amounts")["data"][0]["x"]
    assert sum(amounts) == pytest.approx(sum(float(cast(float, row["AMT_CREDIT"])) for row in rows))
    bars = sights.figure(app, "portfolio_distribution")["data"][0]["y"]
    assert sum(bars) == len(rows)


def test_impossible_values_have_a_column_and_a_filter(open_app: Open, rows: list[dict[str, object]]) -> None:
    bare = {name: cell if name in BARE else "" for name, cell in rows[1].items()}
    odd = [{**rows[0], "EXT_SOURCE_2": 6}, bare, *rows[2:4], {**rows[4], "CNT_CHILDREN": -3}]
    app = upload(open_app("portfolio"), files.as_csv(*odd))
    assert sights.queue(app)[0]["badge"] == translate("verdict.to_review", "en")
    assert "impossible value (External score 2)" in sights.queue(app)[0]["why"]
    assert sights.options(app, "portfolio_why") == ["too little information · 1", "impossible value · 2"]
    app.pills(key="portfolio_why").set_value([ReviewReason.IMPOSSIBLE_VALUE]).run()
    assert [row["client"] for row in sights.queue(app)] == [str(odd[0]["SK_ID_CURR"]), str(odd[4]["SK_ID_CURR"])]


def test_essential_value_that_cannot_be_right_is_refused_and_a_contradiction_reviewed(
    open_app: Open, rows: list[dict[str, object]]
) -> None:
    odd = [{**rows[0], "DAYS_BIRTH": 16425}, {**rows[1], "AMT_CREDIT": -5}, rows[2]]
    pair = {**rows[3], "CNT_CHILDREN": 3, "CNT_FAM_MEMBERS": 2}
    app = upload(open_app("portfolio"), files.as_csv(*odd, pair))
    assert [row["badge"] for row in sights.queue(app)][1] == translate("verdict.to_review", "en")
    assert "impossible value (Number of family members" in sights.queue(app)[1]["why"]
    assert sights.tiles(app)["Rows to correct"][0] == "2"
    show_refused(app)
    listed = sights.table(app, "What is wrong").to_numpy().tolist()
    assert [line[:2] for line in listed] == [["2", "DAYS_BIRTH"], ["3", "AMT_CREDIT"]]
    assert "it cannot be right: it must be at least 1" in listed[1][2]


def test_row_of_totals_is_named(open_app: Open, rows: list[dict[str, object]]) -> None:
    total = {**rows[0], "SK_ID_CURR": sum(int(str(row["SK_ID_CURR"])) for row in rows[:4])}
    app = upload(open_app("portfolio"), files.as_csv(*rows[:2], total, *rows[2:4]))
    assert len(sights.queue(app)) == 4
    show_refused(app)
    assert "this is a row of totals, not a client" in str(sights.table(app, "What is wrong").to_numpy().tolist())


def test_what_was_done_with_the_columns_is_said_before_the_result(
    open_app: Open, model: Model, rows: list[dict[str, object]]
) -> None:
    sent = [{**row, "NOTE": "x"} for row in rows[:3]]
    sent[0] |= {"NAME_INCOME_TYPE": "Astronaut", filled_column(model): ""}
    app = upload(open_app("portfolio"), files.as_csv(*sent))
    assert "Employment status (1 client)" in app.warning[0].value.replace("\\", "")
    told = sights.folded(app, "File in use").replace("\\", "")
    assert "Ignored, because the model does not know it: NOTE." in told
    assert f"{label(filled_column(model), 'en')} (1 client)" in told


def test_category_column_of_nothing_but_numbers_is_refused_by_name(
    open_app: Open, rows: list[dict[str, object]]
) -> None:
    app = upload(open_app("portfolio"), files.as_csv(*({**row, "NAME_INCOME_TYPE": 7} for row in rows[:3])))
    assert "Column NAME_INCOME_TYPE: it holds nothing but numbers" in app.error[0].value.replace("\\", "")
    assert not app.success


def test_table_is_sorted_filtered_and_searched(open_app: Open, content: bytes) -> None:
    app = upload(open_app("portfolio"), content)
    app.selectbox(key="portfolio_sort").set_value("solvency").run()
    numbers = [float(row["number"].rstrip("%")) for row in sights.queue(app)]
    assert numbers == sorted(numbers)
    app.selectbox(key="portfolio_sort").set_value("-solvency").run()
    numbers = [float(row["number"].rstrip("%")) for row in sights.queue(app)]
    assert numbers == sorted(numbers, reverse=True)
    app.pills(key="portfolio_only").set_value([Verdict.UNFAVOURABLE]).run()
    assert {row["badge"] for row in sights.queue(app)} == {translate("verdict.unfavourable", "en")}
    app.pills(key="portfolio_only").set_value([]).run()
    app.text_input(key="portfolio_search").set_value("90001").run()
    assert sorted(row["client"] for row in sights.queue(app)) == [str(900010 + place) for place in range(10)]
    app.text_input(key="portfolio_search").set_value("5").run()
    assert translate("portfolio.no_match", "en") in [caption.value for caption in app.caption]
    assert app.button(key="portfolio_open_first").disabled


def test_bad_rows_are_listed_and_the_others_scored(open_app: Open, rows: list[dict[str, object]]) -> None:
    sent = [dict(row) for row in rows[:10]]
    sent[3]["AMT_CREDIT"] = "much"
    lines = files.as_csv(*sent).decode().splitlines()
    lines[8] += ",1"
    app = upload(open_app("portfolio"), "\n".join(lines).encode())
    assert len(sights.queue(app)) == 8
    assert sights.tiles(app)["Scored"] == ("8", "of 10 rows")
    show_refused(app)
    listed = sights.table(app, "What is wrong").to_numpy().tolist()
    assert [line[:2] for line in listed] == [["5", "AMT_CREDIT"], ["9", ""]]
    assert "much" not in str(listed)


def test_file_of_bad_rows_says_so_and_shows_no_picture(open_app: Open) -> None:
    app = upload(open_app("portfolio"), b"SK_ID_CURR,AMT_CREDIT\n1,x\n2,y\n")
    assert not app.success
    assert app.error[0].value == translate("portfolio.none_scored", "en", n=2)
    assert not app.warning
    assert not app.get("plotly_chart")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "neither CSV"),
        (b'SK_ID_CURR,A\n1,"', "cannot be read as a table from line 2"),
        (b"SK_ID_CURR\n" + b"1\n" * 50_001, "python -m core score"),
    ],
)
def test_file_that_cannot_be_used_is_told_in_a_sentence(open_app: Open, content: bytes, said: str) -> None:
    app = upload(open_app("portfolio"), content)
    assert said in app.error[0].value.replace("\\", "")
    assert not app.exception


def test_the_loaded_clients_are_scored_without_a_file(open_app: Open, people: People) -> None:
    app = open_app("portfolio")
    until_scored(sights.press(app, translate("portfolio.score_loaded", "en", n=len(people.clients))))
    assert sights.tiles(app)["Scored"] == ("1,000", "of 1,000 rows")


def test_a_portfolio_is_there_after_another_screen(open_app: Open, content: bytes) -> None:
    app = upload(open_app("portfolio"), content)
    app.switch_page("client.py").run()
    app.switch_page("portfolio.py").run()
    assert len(sights.queue(app)) == 25


def test_stop_keeps_what_was_finished(
    model: Model, rows: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()

    class Waiting:
        """Has no more than twelve clients until it was stopped."""

        def pieces(self, *, only_ids: bool = False) -> Any:
            for before, row in enumerate(rows):
                if not only_ids and before == 12:
                    stopped.wait()
                yield before, [row]

    monkeypatch.setattr(background, "score_portfolio", partial(score_portfolio, chunk_size=3))
    run = ScoringJob(model, lambda stopping: Waiting(), name="slow.csv", review_band=BAND)
    while run.progress is None or run.progress.done < 4:
        time.sleep(0.005)
    run.stop()
    stopped.set()
    run.wait(MAX_SECONDS)
    assert run.portfolio is not None
    assert run.portfolio.stopped
    assert 0 < len(run.portfolio.results) == run.portfolio.n_rows < len(rows)


def test_stop_before_the_first_clients_are_finished_says_so_and_shows_no_more(
    open_app: Open, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(run: ScoringJob, pace: Progress) -> bool:
        run.stop()
        return False

    monkeypatch.setattr(ScoringJob, "_on_progress", stop)
    app = upload(open_app("portfolio"), content)
    assert [each.value for each in app.info] == [translate("portfolio.was_stopped", "en", n=0, total=40)]
    assert not app.warning and not app.dataframe and not sights.tiles(app)


def test_nothing_of_a_run_is_kept_once_its_session_has_let_go_of_it(model: Model, content: bytes) -> None:
    run = ScoringJob(
        model,
        lambda stopping: read_upload(content, max_bytes=2**20, max_rows=100, stopping=stopping),
        name="branch.csv",
        review_band=BAND,
    )
    run.wait(MAX_SECONDS)
    assert run.intake is not None and run.portfolio is not None
    left = weakref.ref(run), weakref.ref(run.intake)
    del run
    assert [each() for each in left] == [None, None]


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Progress(0, 50_000, 0.0), "0 of 50,000 clients, 0 per second"),
        (Progress(10_000, 50_000, 10.0), "10,000 of 50,000 clients, 1,000 per second, about 40 s left"),
        (Progress(10_000, 50_000, 50.0), "10,000 of 50,000 clients, 200 per second, about 4 min left"),
        (Progress(5, 9, 1.0, 5), "5 of 9 clients, 5 per second; finding the reasons for 5 clients"),
    ],
)
def test_progress_tells_rate_and_remaining_time(pace: Progress, words: str) -> None:
    assert progress(pace, "en") == words
