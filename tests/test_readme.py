"""What the README promises is what the project does."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.app import build_api
from core.scoring.assess import open_model
from core.settings import ROOT, Settings, describe_settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def api():
    return build_api(open_model(ROOT / "assets" / "model"), Settings())


def test_settings_table_holds_every_setting_with_default_and_help():
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \| (.*?) \|$", README, flags=re.MULTILINE)
    expected = [
        (name, kind, f"`{default}`" if default else "none", text) for name, kind, default, text in describe_settings()
    ]
    assert [tuple(row) for row in rows] == expected


def test_routes_table_holds_every_route(api):
    served = {
        (method, route.path)
        for route in api.routes
        if isinstance(route, Route) and not route.path.startswith("/docs/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    told = set(re.findall(r"^\| `(GET|POST) (/\S*)` \|", README, flags=re.MULTILINE))
    assert told == served


def test_the_request_gets_the_answer_that_stands_below_it(api):
    command = shlex.split(re.search(r"^curl .*?\n```", README, flags=re.MULTILINE | re.DOTALL)[0].removesuffix("```"))
    answer, refusal = (json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", README, flags=re.DOTALL))
    body = command[-1]
    client = TestClient(api)
    headers = {"content-type": "application/json"}
    assert client.post("/predict_proba", content=body, headers=headers).json() == answer
    broken = body.replace('"AMT_CREDIT": 270000', '"AMT_CREDIT": "a lot"')
    response = client.post("/predict_proba", content=broken, headers=headers)
    assert response.status_code == 422
    assert response.json() == refusal


def test_figures_are_those_of_the_bundle():
    card = json.loads((ROOT / "assets" / "model" / "card.json").read_text(encoding="utf-8"))
    for name in ("roc_auc", "gini", "ks", "brier", "loss_share"):
        figure = card["figures"][name]
        assert f"| {figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f} |" in README


def test_every_file_that_the_readme_shows_is_there():
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_app_json_offers_every_setting_but_the_port_that_heroku_sets():
    offered = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))["env"]
    expected = {name: (default, text) for name, _, default, text in describe_settings() if name != "PORT"}
    assert {name: (entry["value"], entry["description"]) for name, entry in offered.items()} == expected
