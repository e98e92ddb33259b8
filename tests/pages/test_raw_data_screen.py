"""The raw-data screen: what was read, what the model uses, what the API would answer, and the request itself."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.api.responses import answer, refusal, solvency_and_threshold, yes_or_no
from core.errors import InputRefused
from core.i18n.translations import translate
from core.records import ReviewReason, ValueOrigin
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.core.drawn import filled_column
from tests.pages import files, sights
from tests.pages.conftest import Open
from tests.pages.people import People

BAND = Settings().review_band


@pytest.fixture
def row(people: People) -> dict[str, Any]:
    """A loaded client near the line, with nothing that cannot be right, as a program would send it."""
    client = people.first(lambda _, decision: decision.why_review == (ReviewReason.IN_BAND,))
    return files.numbers(people.row(client))


def paste(app: AppTest, text: bytes | str) -> AppTest:
    """Puts text in the box and reads it."""
    app.text_area(key="raw_pasted").set_value(text if isinstance(text, str) else text.decode())
    return sights.press(app, translate("raw.read", "en"))


def answered(app: AppTest, route: str = "/predict_proba") -> Any:
    """The document shown as the API's answer."""
    app.toggle(key="raw_answer").set_value(True).run()
    app.segmented_control(key="raw_route").set_value(route).run()
    return json.loads(app.json[0].value)


def alignment(app: AppTest) -> dict[str, tuple[str, str, str]]:
    """The alignment report: model column → sent, used, where from."""
    table = sights.table(app, translate("report.column", "en"))
    names = [translate(f"report.{name}", "en") for name in ("column", "sent", "used", "origin")]
    return {column: (sent, used, origin) for column, sent, used, origin in table[names].to_numpy().tolist()}


def told(app: AppTest) -> str:
    """How the data was read, in words."""
    return str(app.success[0].value).replace("\\", "")


def test_json_with_nan_is_read(open_app: Open, row: dict[str, Any]) -> None:
    text = files.as_json(row)
    assert b"NaN" in text
    app = paste(open_app("raw_data"), text)
    assert told(app) == "1 client read: JSON."
    assert not app.exception


@pytest.mark.parametrize(("separator", "said"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
def test_csv_text_is_read_whatever_its_separator(
    open_app: Open, row: dict[str, Any], separator: str, said: str
) -> None:
    text = files.as_csv(row, files.renamed(row, 7), separator=separator)
    quotes = 'some cells in "' if b'"' in text else "no quotation marks"
    app = paste(open_app("raw_data"), text)
    assert told(app) == (f"2 clients read: CSV with the separator “{said}”, encoding UTF-8, {quotes}, decimal points.")
    assert app.number_input(key="raw_which").label == translate("raw.which", "en", n=2)


def test_one_client_without_an_envelope_is_read(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), json.dumps(row))
    assert told(app) == "1 client read: JSON."


def test_broken_json_is_told_with_its_place_and_the_text_stays(open_app: Open) -> None:
    app = paste(open_app("raw_data"), '{"data": [\n{"SK_ID_CURR": 1,}]}')
    complaint = app.error[0].value.replace("\\", "")
    assert complaint.startswith("What was sent is not JSON") and "line 2" in complaint
    pasted = app.text_area(key="raw_pasted").value
    assert pasted is not None and pasted.startswith('{"data"')
    assert not app.exception


def test_what_was_pasted_is_there_after_a_visit_elsewhere(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json(row))
    app.switch_page("client.py").run()
    app.switch_page("raw_data.py").run()
    assert told(app) == "1 client read: JSON."


def test_what_was_sent_is_shown_as_it_was_sent(open_app: Open) -> None:
    app = paste(open_app("raw_data"), '[{"SK_ID_CURR": 5, "AMT_CREDIT": 1e400, "AMT_ANNUITY": "12.50"}]')
    sent = sights.table(app, "AMT_ANNUITY")
    assert sent.to_numpy().tolist() == [["5", "Infinity", "12.50"]]


def test_the_alignment_report_tells_where_each_value_comes_from(
    open_app: Open, row: dict[str, Any], model: Model
) -> None:
    filled = filled_column(model)
    sent = files.without(row, filled, "EXT_SOURCE_1", "PAYMENT_RATE") | {"ORGANIZATION_TYPE": "Moon base"}
    found = alignment(paste(open_app("raw_data"), files.as_json(sent)))
    assert list(found) == list(model.bundle.names)
    wanted = {
        "AMT_CREDIT": ValueOrigin.GIVEN,
        filled: ValueOrigin.ASSUMED,
        "EXT_SOURCE_1": ValueOrigin.MISSING,
        "PAYMENT_RATE": ValueOrigin.DERIVED,
        "ORGANIZATION_TYPE_Bank": ValueOrigin.UNSEEN,
    }
    for column, state in wanted.items():
        assert found[column][2] == translate(f"state.{state.name.lower()}", "en"), column
    assert found["AMT_CREDIT"][0] == found["AMT_CREDIT"][1] == str(row["AMT_CREDIT"])
    assert found[filled][0] == "" != found[filled][1]
    assert found["EXT_SOURCE_1"][:2] == ("", "")
    assert float(found["PAYMENT_RATE"][1]) == row["AMT_ANNUITY"] / row["AMT_CREDIT"]
    assert found["ORGANIZATION_TYPE_Bank"][:2] == ("Moon base", "0")


def test_columns_the_model_does_not_know_are_listed(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json(row | {"": 1, "SHOE_SIZE": 43, "CODE_GENDER": "F"}))
    part = next(each for each in app.expander if each.label.startswith("Sent and ignored"))
    assert part.dataframe[0].value.iloc[:, 0].tolist()[-2:] == ["a column without a name", "SHOE_SIZE"]
    assert "CODE_GENDER" not in part.dataframe[0].value.iloc[:, 0].tolist()
    assert any(each.value.startswith("Sent, and deliberately not used: Sex") for each in app.markdown)


@pytest.mark.parametrize(
    ("route", "tell"), [("/predict_proba", solvency_and_threshold), ("/predict", yes_or_no)], ids=["proba", "yes_no"]
)
def test_the_answer_is_the_endpoint_s_to_the_last_bit(
    open_app: Open, row: dict[str, Any], model: Model, route: str, tell: Any
) -> None:
    rows = [row | {"SHOE_SIZE": 43}, files.renamed(files.without(row, "FLAG_PHONE"), 8)]
    app = paste(open_app("raw_data"), files.as_json(*rows))
    assert answered(app, route) == answer(assess(model, rows, review_band=BAND), model, tell)


def test_the_answer_to_a_bad_row_is_the_endpoint_s_refusal(open_app: Open, row: dict[str, Any], model: Model) -> None:
    rows = [row, files.renamed(row, 8) | {"AMT_CREDIT": "much"}]
    with pytest.raises(InputRefused) as refused:
        assess(model, rows, review_band=BAND)
    app = paste(open_app("raw_data"), files.as_json(*rows))
    assert "Row 2, column AMT_CREDIT" in app.error[0].value.replace("\\", "")
    assert answered(app) == refusal(refused.value)
    assert "much" not in json.dumps(answered(app))


def test_the_example_is_a_loaded_client_that_can_be_answered(open_app: Open, people: People, model: Model) -> None:
    app = sights.press(open_app("raw_data"), translate("raw.example", "en"))
    client = people.clients.search("", 1)[0]
    wanted = answer(assess(model, [people.row(client)], review_band=BAND), model, solvency_and_threshold)
    assert answered(app) == wanted
    assert f"client n°{client}" in wanted["prediction"]  # type: ignore[operator]


def test_the_request_is_a_curl_line_to_this_server(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json(row))
    words = shlex.split(app.code[0].value)
    assert words[:4] == ["curl", "-X", "POST", "http://localhost:8501/predict_proba"]
    assert words[-2:] == ["--data-binary", "@clients.json"]
    whole = shlex.split(app.code[1].value)
    assert whole[:-1] == words[:-1]
    assert json.dumps(json.loads(whole[-1])) == json.dumps({"data": [row]})


def test_a_file_can_be_uploaded_instead(open_app: Open, row: dict[str, Any]) -> None:
    app = open_app("raw_data")
    app.segmented_control(key="raw_way").set_value("upload").run()
    app.file_uploader(key="raw_file").set_value(("a.csv", files.as_csv(row), "text/csv")).run()
    assert told(app).startswith("1 client read: CSV with the separator “,”")


def test_value_that_cannot_be_right_is_said_and_stands_in_the_answer(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json({**row, "EXT_SOURCE_2": 5}))
    assert app.error[0].value.replace("\\", "") == translate(
        "raw.impossible", "en", sentence="EXT_SOURCE_2 must lie between 0 and 1."
    )
    assert answered(app)["impossible"]["clients"][0]["columns"] == ["EXT_SOURCE_2"]


def test_category_column_of_nothing_but_numbers_is_refused_by_name(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(
        open_app("raw_data"),
        files.as_json({**row, "NAME_INCOME_TYPE": 7}, {**row, "SK_ID_CURR": 7, "NAME_INCOME_TYPE": 1}),
    )
    assert "Column NAME_INCOME_TYPE: it holds nothing but numbers" in app.error[0].value.replace("\\", "")
    assert not app.exception


def test_essential_value_that_cannot_be_right_is_refused_with_its_bound(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json({**row, "DAYS_BIRTH": 16500}))
    assert "Row 1, column DAYS_BIRTH: it cannot be right: it must lie between" in app.error[0].value.replace("\\", "")
    assert answered(app)["code"] == "essential_age"


def test_values_that_contradict_each_other_are_said(open_app: Open, row: dict[str, Any]) -> None:
    app = paste(open_app("raw_data"), files.as_json({**row, "CNT_CHILDREN": 3, "CNT_FAM_MEMBERS": 2}))
    assert "CNT_FAM_MEMBERS" in app.error[0].value.replace("\\", "")
    assert answered(app)["impossible"]["clients"][0]["columns"] == ["CNT_FAM_MEMBERS", "CNT_CHILDREN"]


def test_row_of_totals_is_named(open_app: Open, row: dict[str, Any]) -> None:
    ids = (700001, 700002, 700003, 700001 + 700002 + 700003)
    app = paste(open_app("raw_data"), files.as_csv(*(files.renamed(row, client) for client in ids)))
    assert "Row 5, column SK_ID_CURR: it is the sum of all the others" in app.error[0].value.replace("\\", "")


def test_json_keeps_to_exact_names_as_the_routes_do(open_app: Open, row: dict[str, Any]) -> None:
    sent = {**files.without(row, "AMT_ANNUITY"), "amt_annuity": 5}
    app = paste(open_app("raw_data"), files.as_json(sent))
    assert told(app) == "1 client read: JSON."
    assert answered(app)["ignored"]["columns"][-1] == "amt_annuity"
