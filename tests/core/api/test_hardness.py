"""Valid bodies with nought to three faults: never a 5xx, nothing echoed, everybody answered, the fault's place named.

`HARDNESS=10000 ./setup.sh test tests/core/api/test_hardness.py` tries ten thousand bodies instead of some hundreds.
"""

from __future__ import annotations

import logging
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from core.api.app import build_api
from core.api.request_log import JsonLines
from core.scoring.assess import Model
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.drawn import encoded_row
from tests.core.faults import CANARY, RECIPES, Client, ModelFactory
from tests.core.http import assert_refusal, send

ROUTES = ("/predict", "/predict_proba", "/explain")
BODIES = int(os.environ.get("HARDNESS", "200"))


class Clients(list[Client]):
    """Clients that hypothesis need not print."""

    def __repr__(self) -> str:
        return "30 clients"


@pytest.fixture(scope="module")
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


@pytest.fixture(scope="module")
def rows(model: Model, thousand: Thousand) -> Clients:
    """Twenty raw clients and ten encoded ones."""
    return Clients([*thousand.rows[:20], *(encoded_row(model, row) for row in thousand.rows[20:30])])


@given(recipe=RECIPES, route=st.sampled_from(ROUTES))
@settings(max_examples=BODIES)
def test_every_body_is_answered_or_refused_as_the_contract_says(
    recipe: ModelFactory, route: str, api: TestClient, rows: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    sent = recipe.body(rows)
    answer = send(api, sent.content, route)
    if not sent.wrong and sent.whole is None:
        assert answer.status_code == 200, answer.text
        (told,) = (answer.json()[key] for key in ("prediction", "explanation") if key in answer.json())
        assert list(told) == [f"client n°{client['SK_ID_CURR']}" for client in sent.clients]
    else:
        assert answer.status_code in (400, 422)
        document = assert_refusal(answer, answer.status_code, answer.json()["code"])
        if answer.status_code == 422:
            assert {each["row"] for each in document["errors"]} == {row for row, _ in sent.wrong}
        for each in document["errors"]:
            assert CANARY not in each["message"].replace(f"column {CANARY}", "")
    assert CANARY not in "".join(JsonLines().format(each) for each in caplog.records)


@given(recipe=RECIPES)
@settings(max_examples=BODIES)
def test_places_of_faults_are_named_and_no_other(recipe: ModelFactory, api: TestClient, rows: Clients) -> None:
    sent = recipe.body(rows)
    answer = send(api, sent.content)
    if answer.status_code == 422:
        assert {(each["row"], each["column"]) for each in answer.json()["errors"]} == sent.wrong
