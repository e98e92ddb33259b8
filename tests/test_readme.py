"""What the README and the pages of `docs/` promise is what the project does."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.app import build_api
from core.scoring.assess import open_model
from core.settings import ROOT, Settings, describe_settings
from tests.test_architecture import MAY_IMPORT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}
MAX_LINES = 150


def found(pattern: str, text: str, flags: int) -> re.Match[str]:
    """The first place of the text that is of this pattern, which must be there."""
    match = re.search(pattern, text, flags=flags)
    assert match is not None
    return match


@pytest.fixture(scope="module")
def api() -> Starlette:
    return build_api(open_model(ROOT / "assets" / "model"), Settings())


def test_settings_table_holds_every_setting_with_default_and_help() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \| (.*?) \|$", PAGES["settings"], flags=re.MULTILINE)
    expected = [
        (name, kind, f"`{default}`" if default else "none", text) for name, kind, default, text in describe_settings()
    ]
    assert [tuple(row) for row in rows] == expected


def test_routes_table_holds_every_route(api: Starlette) -> None:
    served = {
        (method, route.path)
        for route in api.routes
        if isinstance(route, Route) and not route.path.startswith("/docs/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = set(re.findall(r"^\| `(GET|POST) (/\S*)` \|", PAGES["routes"], flags=re.MULTILINE))
    assert described == served


def test_the_request_gets_the_answer_that_stands_below_it(api: Starlette) -> None:
    fenced = found(r"^curl .*?\n```", PAGES["routes"], flags=re.MULTILINE | re.DOTALL)[0]
    command = shlex.split(fenced.removesuffix("```"))
    answer, impossible, refusal = (
        json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", PAGES["routes"], flags=re.DOTALL)
    )
    body = command[-1]
    client = TestClient(api)
    headers = {"content-type": "application/json"}
    assert client.post("/predict_proba", content=body, headers=headers).json() == answer
    high = client.post("/predict_proba", content=body.replace("0.62", "6.2"), headers=headers).json()
    assert {"impossible": high["impossible"]} == impossible
    broken = body.replace('"AMT_CREDIT": 270000', '"AMT_CREDIT": "a lot"')
    response = client.post("/predict_proba", content=broken, headers=headers)
    assert response.status_code == 422
    assert response.json() == refusal


def test_figures_are_those_of_the_bundle() -> None:
    card = json.loads((ROOT / "assets" / "model" / "card.json").read_text(encoding="utf-8"))
    for name in ("roc_auc", "gini", "ks", "brier", "loss_share"):
        figure = card["figures"][name]
        assert f"| {figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f} |" in PAGES["figures"]


def test_every_file_that_the_readme_or_a_page_links_to_is_there() -> None:
    texts = {ROOT / "README.md": README, **{ROOT / "docs" / f"{name}.md": text for name, text in PAGES.items()}}
    for page, text in texts.items():
        for path in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", text):
            assert (page.parent / path).exists(), (page.name, path)


def test_readme_links_to_every_page_and_no_page_is_long() -> None:
    for name, text in PAGES.items():
        assert f"(docs/{name}.md)" in README
        assert len(text.splitlines()) < MAX_LINES, name


def test_every_script_that_a_page_names_is_there() -> None:
    for text in (README, *PAGES.values()):
        for path in re.findall(r"`((?:tests|core|pages|assets|\.github)/[\w./]+)", text):
            assert (ROOT / path).exists(), path


def test_tree_of_the_readme_is_that_of_the_folders() -> None:
    tree = found(r"## The house\n\n```\n(.*?)\n```", README, flags=re.DOTALL)[1]
    core, rest = found(r"^core/\n(.*?)(?=^assets/)", tree, flags=re.DOTALL | re.MULTILINE)[1], tree
    assert sorted(re.findall(r"\b(\w+)/", core)) == sorted(MAY_IMPORT)
    modules = {path.name for path in (ROOT / "core").glob("*.py")} - {"__init__.py"}
    assert set(re.findall(r"\b\w+\.py\b", core)) == modules
    for path in re.findall(r"^(\w+[./]\w*)", rest, flags=re.MULTILINE):
        assert (ROOT / path).exists(), path


def test_table_of_imports_in_the_readme_is_the_one_that_is_tested() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", README, flags=re.MULTILINE)
    assert {package: set(re.findall(r"`(\w+)`", allowed)) for package, allowed in rows} == MAY_IMPORT
    assert all(allowed == "nothing" or "`" in allowed for _, allowed in rows)


def test_app_json_offers_every_setting_but_the_two_that_heroku_sets() -> None:
    app = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
    offered, set_by_heroku = app["env"], {"PORT", "DATABASE_URL"}
    assert [each["plan"].partition(":")[0] for each in app["addons"]] == ["heroku-postgresql"]
    expected = {name: (default, text) for name, _, default, text in describe_settings() if name not in set_by_heroku}
    assert {name: (entry["value"], entry["description"]) for name, entry in offered.items()} == expected
