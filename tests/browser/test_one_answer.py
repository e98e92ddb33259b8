"""The screens and the JSON routes answer alike, through a real server and real requests."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from core.i18n.translations import translate
from core.records import Verdict
from core.scoring.assess import Model
from tests.browser import screens
from tests.browser.conftest import Desk, Visit
from tests.browser.serving import MAX_SECONDS
from tests.pages import files
from tests.pages.people import People

pytestmark = pytest.mark.browser

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"


def ask(address: str, *, body: bytes | None = None, accept: str = "*/*") -> tuple[int, dict[str, str], str]:
    """Status, headers in small letters, and text of one request."""
    headers = {"Accept": accept} | ({"Content-Type": "application/json"} if body is not None else {})
    try:
        with urlopen(Request(address, data=body, headers=headers), timeout=MAX_SECONDS) as got:
            return got.status, {name.lower(): value for name, value in got.headers.items()}, got.read().decode()
    except HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read().decode()


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_a_request_gets_core_assess_to_the_last_bit_and_the_screen_its_digits(
    desk: Desk, server: str, people: People, model: Model, verdict: Verdict
) -> None:
    client = people.with_verdict(verdict)
    decision = people.decision(client)
    status, _, text = ask(f"{server}/predict_proba", body=files.as_json(files.numbers(people.row(client))))
    told = json.loads(text)["prediction"][f"client n°{client}"]
    assert status == 200
    assert repr(told["niveau de solvabilité"]) == repr(1.0 - decision.probability)
    assert repr(told["seuil"]) == repr(model.bundle.policy.threshold)
    page = desk(client)
    screens.shows_gauge(page, told["niveau de solvabilité"], 1.0 - told["seuil"])


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_yes_and_no_go_by_the_threshold_and_those_to_review_are_named(
    server: str, people: People, verdict: Verdict
) -> None:
    client = people.with_verdict(verdict)
    decision = people.decision(client)
    _, _, text = ask(f"{server}/predict", body=files.as_json(files.numbers(people.row(client))))
    document = json.loads(text)
    refused = decision.probability > decision.threshold
    assert document["prediction"] == {f"client n°{client}": "No" if refused else "Yes"}
    assert document.get("to_review", []) == ([f"client n°{client}"] if verdict is Verdict.TO_REVIEW else [])


def test_raw_and_encoded_get_the_same_bits(server: str, people: People, model: Model) -> None:
    row = people.row(people.with_verdict(Verdict.TO_REVIEW))
    answers = [
        json.loads(ask(f"{server}/predict_proba", body=files.as_json(files.numbers(sent)))[2])["prediction"]
        for sent in (row, files.encoded(model, row))
    ]
    assert repr(answers[0]) == repr(answers[1])


def test_the_root_is_a_page_for_browsers_and_a_list_of_routes_for_programs(server: str) -> None:
    status, headers, page = ask(f"{server}/", accept=PAGE)
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "<title>Aval</title>" in page
    assert "accept" in headers["vary"].lower()
    status, headers, text = ask(f"{server}/")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert text.startswith("Bienvenue sur le serveur de prédiction")
    assert "accept" in headers["vary"].lower()


def test_an_unknown_address_is_json_for_programs(server: str) -> None:
    status, headers, text = ask(f"{server}/nowhere")
    assert (status, headers["content-type"]) == (404, "application/json")
    assert json.loads(text)["code"] == "unknown_address"


def test_a_route_opened_in_a_browser_tells_the_verb_and_not_a_page(server: str) -> None:
    status, headers, text = ask(f"{server}/predict", accept=PAGE)
    assert (status, headers["allow"]) == (405, "POST")
    assert json.loads(text)["code"] == "wrong_verb"


def test_the_curl_line_of_the_screen_gets_the_answer_of_the_screen(visit: Visit, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl here: left out is trying the line that the raw-data screen shows")
    page = visit("/raw-data")
    screens.show_raw_example(page)
    shown = page.get_by_test_id("stJson").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name=translate("raw.download", "en")).click()
    download.value.save_as(tmp_path / "clients.json")
    line = page.get_by_test_id("stCode").first.inner_text()
    words = shlex.split(line.replace("\n", " "))
    got = subprocess.run(
        [curl, "--silent", *words[1:]], cwd=tmp_path, capture_output=True, check=True, timeout=MAX_SECONDS
    )
    told: dict[str, Any] = json.loads(got.stdout)["prediction"]
    ((client, numbers),) = told.items()
    assert client in shown
    assert str(numbers["niveau de solvabilité"]) in shown
