"""Clients that an officer brings along: usable ones at once, bad ones told by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.alignment.client_id import ID
from core.i18n.translations import translate
from core.records import ReviewReason, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from core.what_if.simulation import LOAN
from tests.core.client_files import excel
from tests.core.drawn import unused_history
from tests.pages import files, sights
from tests.pages.conftest import Open, forget_settings
from tests.pages.people import People

NEW = 700001
BAND = Settings().review_band


def upload(app: AppTest, content: bytes, name: str = "clients.csv") -> AppTest:
    """Chooses a file on the client screen."""
    return app.file_uploader(key="client_file").set_value((name, content, "application/octet-stream")).run()


@pytest.fixture
def row(people: People) -> files.Row:
    """A loaded client of whom much is known, to be brought along under another id."""
    client = people.first(lambda row, decision: decision.verdict is Verdict.FAVOURABLE and bool(row["EXT_SOURCE_1"]))
    return files.renamed(people.row(client), NEW)


@pytest.mark.parametrize("kind", ["csv", "json", "semicolons", "encoded csv", "encoded json"])
def test_one_client_of_a_file_is_shown_with_the_answer_of_its_row(
    open_app: Open, model: Model, row: files.Row, kind: str
) -> None:
    wanted = assess(model, [row], review_band=BAND).decisions[0]
    sent = files.encoded(model, row) if "encoded" in kind else row
    if "json" in kind:
        content = files.as_json(files.numbers(sent))
    else:
        content = files.as_csv(sent, separator=";" if kind == "semicolons" else ",")
    app = upload(open_app(), content)
    assert sights.title(app) == f"Client {NEW}"
    assert sights.figure(app, "gauge")["data"][0]["value"] == round(100.0 * wanted.solvency, 1)
    assert sights.verdict(app) == translate(f"verdict.{wanted.verdict}", "en")


def test_an_uploaded_client_is_not_called_synthetic(open_app: Open, people: People, row: files.Row) -> None:
    app = upload(open_app(id=people.with_verdict(Verdict.FAVOURABLE)), files.as_csv(row))
    assert sights.title(app) == f"Client {NEW}"
    assert not [text for text in sights.texts(app) if translate("first_look.synthetic", "en") in text]
    assert "id" not in app.query_params


def test_the_search_is_emptied_for_it_would_name_another_client(open_app: Open, people: People, row: files.Row) -> None:
    app = open_app()
    app.text_input(key="client_search").set_value(people.with_verdict(Verdict.FAVOURABLE)).run()
    upload(app, files.as_csv(row))
    assert sights.title(app) == f"Client {NEW}"
    assert app.text_input(key="client_search").value == ""


def test_the_file_s_name_is_told_as_it_is(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv(row), name="my_[best](x)*clients*.csv")
    told = next(caption.value for caption in app.caption if caption.value.startswith("1 client read from"))
    assert told.replace("\\", "") == translate("picker.from_file", "en", n=1, name="my_[best](x)*clients*.csv")


def test_a_client_of_a_longer_file_is_found_by_typing(open_app: Open, people: People, row: files.Row) -> None:
    rows = [files.renamed(row, NEW + place) for place in range(12)]
    app = upload(open_app(), files.as_csv(*rows))
    assert len(sights.options(app, "file_matches")) == 8
    app.text_input(key="file_search").set_value(str(NEW + 11)).run()
    app.button(key="file_matches_only").click().run()
    assert sights.title(app) == f"Client {NEW + 11}"


def test_uploaded_clients_are_there_after_another_screen(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv(row, files.renamed(row, NEW + 1)))
    app.switch_page("raw_data.py").run()
    app.switch_page("client.py").run()
    assert sights.title(app) == f"Client {NEW}"
    assert sights.options(app, "file_matches") == [str(NEW), str(NEW + 1)]


def test_credit_history_that_comes_along_is_said_not_to_be_used(open_app: Open, model: Model, row: files.Row) -> None:
    history = dict(zip(unused_history(model, 3), ("-900.5", "0.2", "3"), strict=True))
    app = upload(open_app(), files.as_csv({**row, **history, "SHOE_SIZE": "43", "": "1"}))
    sights.open_part(app, "known")
    assert app.info[0].value == translate("report.history", "en", n=3)
    assert "SHOE\\_SIZE" in sights.folded(app, "Sent and ignored")
    assert "a column without a name" in sights.folded(app, "Sent and ignored")


def test_no_such_sentence_without_history(open_app: Open, row: files.Row) -> None:
    assert not sights.open_part(upload(open_app(), files.as_csv(row)), "known").info


def test_a_client_of_whom_little_is_known_is_to_review(open_app: Open, model: Model, row: files.Row) -> None:
    bare = {name: row[name] for name in ("SK_ID_CURR", "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH")}
    found = assess(model, [bare], review_band=BAND)
    assert ReviewReason.TOO_LITTLE_KNOWN in found.decisions[0].why_review
    app = upload(open_app(), files.as_csv(bare))
    assert sights.verdict(app) == translate("verdict.to_review", "en")
    assert [text for text in sights.texts(app) if text.startswith("This file holds only ") and "information" in text]


def test_a_value_the_model_never_saw_is_said(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv({**row, "ORGANIZATION_TYPE": "Moon base"}))
    sights.open_part(app, "known")
    assert sights.expander(app, "Never or too rarely seen") == translate("report.unseen", "en", n=1)
    assert sights.folded(app, "Never or too rarely seen").startswith("Employer’s line of business (")


def test_values_that_cannot_be_right_are_said_beside_the_answer_and_told_plainly(
    open_app: Open, row: files.Row
) -> None:
    app = upload(open_app(), files.as_csv({**row, "REGION_RATING_CLIENT": "7", "EXT_SOURCE_2": "62"}))
    assert [error.value for error in app.error] == [translate("known.see", "en", n=2)]
    assert sights.verdict(app) == translate("verdict.to_review", "en")
    assert translate("review.impossible_value", "en") in sights.texts(app)
    sights.open_part(app, "known")
    told = app.error[1].value.replace("\\", "")
    assert "Rating of the home region: 7 is impossible; the value must lie between 1 and 3." in told
    assert "External score 2: 62.000 is impossible; the value must lie between 0 and 1." in told


def test_essential_value_that_cannot_be_right_is_refused_with_its_bound(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv({**row, "DAYS_BIRTH": "16500"}))
    assert "Row 2, column DAYS_BIRTH: it cannot be right: it must lie between" in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize("n", [1, 2])
def test_cells_that_were_read_as_missing_are_counted(open_app: Open, row: files.Row, n: int) -> None:
    rows = [{**files.renamed(row, NEW + place), "EXT_SOURCE_1": "NA", "OCCUPATION_TYPE": "-"} for place in range(n)]
    app = upload(open_app(), files.as_csv(*rows))
    assert translate("read.markers", "en", n=2 * n) in [caption.value for caption in app.caption]


def test_name_of_the_sheet_is_said(open_app: Open, row: files.Row) -> None:
    cells = {name: None if cell != cell else cell for name, cell in files.numbers(row).items()}
    app = upload(open_app(), excel([cells]))
    assert "Read as Excel, sheet Clients." in [caption.value.replace("\\", "") for caption in app.caption]


def test_a_value_beyond_what_the_model_has_seen_is_said(open_app: Open, row: files.Row) -> None:
    app = sights.open_part(upload(open_app(), files.as_csv({**row, "AMT_INCOME_TOTAL": "90000000"})), "known")
    assert not app.error
    assert "Client’s total income: 90,000,000; for almost all clients," in app.warning[0].value.replace("\\", "")


def test_the_good_rows_of_a_file_are_usable_and_the_bad_one_is_named(open_app: Open, row: files.Row) -> None:
    rows = [row, {**files.renamed(row, NEW + 1), "AMT_CREDIT": "plenty"}, files.renamed(row, NEW + 2)]
    app = upload(open_app(), files.as_csv(*rows))
    assert sights.title(app) == f"Client {NEW}"
    assert sights.options(app, "file_matches") == [str(NEW), str(NEW + 2)]
    assert "Row 3, column AMT_CREDIT: a number is expected" in app.error[0].value.replace("\\", "")
    assert "plenty" not in " ".join(sights.texts(app))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"  \n\n", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither CSV, Excel (.xlsx), Parquet nor JSON"),
        (b"PK\x03\x04 workbook", "damaged"),
        (b"AMT_CREDIT\n1000\n", "SK_ID_CURR is not in the first line"),
        (b"SK_ID_CURR,AMT_CREDIT\n", "no client below it"),
        (b"SK_ID_CURR,AMT_CREDIT\n1,2,3\n", "Row 2 (line 2 of the file) has 3 fields where the first line has 2"),
        (b'SK_ID_CURR,AMT_CREDIT\n1,"2\n', "cannot be read as a table"),
        (b"SK_ID_CURR,AMT_CREDIT\n1,1000\n", "Row 2, column AMT_INCOME_TOTAL: it is missing"),
        (b"SK_ID_CURR,SHOE_SIZE\n1,43\n", "Row 2 holds no column that the model knows"),
        (b'{"data": [', "is not JSON"),
        (b'{"data": []}', '"data" is empty'),
        (b'{"date": []}', 'no "data"'),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_the_client_stays(
    open_app: Open, people: People, content: bytes, said: str
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    app = upload(open_app(id=client), content)
    assert said in app.error[0].value.replace("\\", "")
    assert sights.title(app) == f"Client {client}"
    assert sights.verdict(app) == translate("verdict.unfavourable", "en")
    assert not app.exception


def test_clients_of_one_s_own_are_not_called_synthetic(
    open_app: Open, row: files.Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(files.as_csv(row, files.renamed(row, NEW + 1)))
    monkeypatch.setenv("CLIENTS", str(file))
    monkeypatch.setenv("CURRENCY", "€")
    forget_settings()
    try:
        app = open_app(id=str(NEW))
        assert sights.title(app) == f"Client {NEW}"
        assert app.sidebar.caption[0].value == translate("sidebar.clients", "en", n=2)
        assert not [text for text in sights.texts(app) if "ynthetic" in text]
        assert sights.facts(app)["Loan amount"].endswith("\N{NO-BREAK SPACE}€")
    finally:
        monkeypatch.undo()
        forget_settings()


def test_a_number_that_means_two_things_is_asked_about_and_one_click_settles_it(open_app: Open, model: Model) -> None:
    plain: files.Row = {ID: NEW, "AMT_CREDIT": "270000", "AMT_INCOME_TOTAL": "180000", "DAYS_BIRTH": "-16425"}
    unclear = {**plain, "AMT_CREDIT": "270.000", "AMT_INCOME_TOTAL": "180.000"}
    app = upload(open_app(), files.as_csv(unclear, separator=";"))
    labels = {button.label.replace("\\", ""): button for button in app.button}
    assert "Decimal point: read as 270" in labels
    app = labels["Decimal comma: read as 270000"].click().run()
    wanted = assess(model, [plain], review_band=BAND).decisions[0]
    assert sights.figure(app, "gauge")["data"][0]["value"] == round(100.0 * wanted.solvency, 1)
    assert any("decimal commas" in text for text in sights.texts(app))


@pytest.mark.parametrize(("amount", "instalment"), [("1e18", "1e16"), ("1e30", "1"), ("1e308", "5e-324")])
def test_a_number_of_any_size_is_shown_in_every_part(
    open_app: Open, row: files.Row, amount: str, instalment: str
) -> None:
    huge = {**row, **dict.fromkeys(LOAN, amount), "AMT_INCOME_TOTAL": amount, "AMT_ANNUITY": instalment}
    app = upload(open_app(), files.as_csv(huge))
    for part in ("why", "known", "compared", "what_if", "offer"):
        app = sights.open_part(app, part)
        assert sights.title(app) == f"Client {NEW}"
        assert not app.exception
