"""What Heroku reads: app.json as its schema is documented, Procfile and Python; nothing that fails a build."""

from __future__ import annotations

import json
import re
import subprocess

from jsonschema import Draft202012Validator

from core.settings import ROOT

TEXT, FLAG = {"type": "string", "minLength": 1}, {"type": "boolean"}
SETTING = {
    "type": "object",
    "required": ["description", "required"],
    "properties": {
        "description": TEXT,
        "value": {"type": "string"},
        "required": FLAG,
        "generator": {"const": "secret"},
    },
    "additionalProperties": False,
}
DYNOS = {
    "type": "object",
    "required": ["quantity", "size"],
    "properties": {"quantity": {"type": "integer", "minimum": 1}, "size": {"enum": ["eco", "basic", "standard-1x"]}},
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["name", "description", "keywords", "stack", "buildpacks", "formation", "env"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 30},
        "description": TEXT,
        "keywords": {"type": "array", "items": TEXT, "uniqueItems": True},
        "website": {"type": "string", "format": "uri"},
        "repository": {"type": "string", "format": "uri"},
        "logo": {"type": "string", "format": "uri"},
        "success_url": {"type": "string", "pattern": "^(/|https://)"},
        "stack": {"enum": ["heroku-22", "heroku-24", "heroku-26"]},
        "buildpacks": {"type": "array", "items": {"type": "object", "properties": {"url": TEXT}, "required": ["url"]}},
        "formation": {"type": "object", "patternProperties": {"^[a-z]+$": DYNOS}, "additionalProperties": False},
        "env": {"type": "object", "patternProperties": {"^[A-Z][A-Z0-9_]*$": SETTING}, "additionalProperties": False},
        "addons": {"type": "array"},
        "scripts": {"type": "object"},
        "environments": {"type": "object"},
    },
    "additionalProperties": False,
}
"""What devcenter.heroku.com/articles/app-json-schema says of the keys, and that every setting has help."""
BREAKS_A_BUILD = {"uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock", "runtime.txt", "setup.py"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_app_json_is_as_heroku_documents_it() -> None:
    faults = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(read("app.json")))]
    assert faults == []


def seconds(option: str) -> int:
    """What the Procfile sets this option to."""
    found = re.search(rf"--{option} (\d+)", read("Procfile"))
    assert found is not None
    return int(found[1])


def test_there_is_one_process_that_listens_where_heroku_says() -> None:
    (line,) = read("Procfile").splitlines()
    assert line.startswith("web: uvicorn dashboard:app --host 0.0.0.0 --port $PORT ")
    assert "--proxy-headers" in line
    assert list(json.loads(read("app.json"))["formation"]) == ["web"]


def test_connections_outlive_the_router_s_and_a_stop_comes_before_heroku_kills() -> None:
    """The router keeps a quiet connection for 90 s, and one that the app closes first can lose a request."""
    assert seconds("timeout-keep-alive") > 90
    assert seconds("timeout-graceful-shutdown") < 30


def test_the_python_is_one_that_the_locks_are_for() -> None:
    assert read(".python-version").strip() == "3.11"
    assert "--python-version 3.11" in read("setup.sh")


def test_nothing_is_tracked_that_fails_the_build() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
    assert not BREAKS_A_BUILD & set(listed)
    assert not [name for name in listed if name.startswith((".venv/", ".heroku/"))]


def test_the_readme_has_the_button() -> None:
    assert "(https://www.heroku.com/deploy)" in read("README.md")
