"""Starting: a wrong setting stops the server in one line that names it; a right one serves, two at once if need be."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest

from core.settings import ROOT, describe_settings
from tests.browser.serving import environment, free_port, serving


def imported(**settings: str) -> subprocess.CompletedProcess[str]:
    """What becomes of `import dashboard` in a process of its own with these settings."""
    return subprocess.run(
        [sys.executable, "-c", "import dashboard"],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_collecting_garbage_does_not_stop_the_answers_to_go_through_what_stays() -> None:
    found = "import dashboard, gc; print('to go through', len(gc.get_objects()) < 20_000 < gc.get_freeze_count())"
    got = subprocess.run([sys.executable, "-c", found], cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert "to go through True" in got.stdout


def own_lines(got: subprocess.CompletedProcess[str]) -> list[str]:
    """What was written, but for Streamlit's own remark that nobody serves."""
    return [line for line in (got.stdout + got.stderr).splitlines() if line and "ScriptRunContext" not in line]


NUMBERS = {"int": "a whole number", "float": "a number"}
TEXTS = {
    "MODEL_DIR": ("nowhere", "The model in nowhere cannot be used: "),
    "MODEL_DIGEST": ("0" * 64, "The model in model cannot be used: its digest is "),
    "TRUSTED_MODELS": ("abc", "TRUSTED_MODELS: must be SHA-256 digests "),
    "CLIENTS": ("nowhere/clients.csv", "CLIENTS: the file clients.csv is not there or cannot be read."),
    "CURRENCY": ("too long a sign", "CURRENCY: must be text of at most 8 characters."),
    "API_KEYS": ("not a digest", "API_KEYS: must be SHA-256 digests "),
    "OIDC_ISSUER": ("https://login.example", "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL: must be set too; "),
    "OIDC_CLIENT_ID": ("aval", "OIDC_ISSUER, OIDC_CLIENT_SECRET, PUBLIC_URL: must be set too; "),
    "OIDC_CLIENT_SECRET": ("hush", "OIDC_CLIENT_SECRET: must be text of at least 16 characters."),
    "ALLOWED_HOSTS": ("https://aval.example", "ALLOWED_HOSTS: must be host names like "),
    "PUBLIC_URL": ("somewhere", "PUBLIC_URL: must be "),
}
WRONG = [
    *(
        (name, "abc", f"{name}: must be {NUMBERS[kind]} from ")
        for name, kind, *_ in describe_settings()
        if kind in NUMBERS
    ),
    *((name, *TEXTS[name]) for name, kind, *_ in describe_settings() if kind not in NUMBERS),
    ("REVIEW_BAND", "2", "REVIEW_BAND: must be a number from 0 to 0.5."),
    ("CLIENTS", "README.md", "CLIENTS: the file README.md "),
    ("MODEL_DIR", "assets", "The model in assets cannot be used: "),
]
"""(setting, a value that it cannot have, how the line begins that says so), for every setting there is."""


def started(name: str, value: str) -> subprocess.CompletedProcess[str]:
    """What becomes of the Procfile's command with one setting."""
    command = (ROOT / "Procfile").read_text(encoding="utf-8").removeprefix("web:").replace("$PORT", str(free_port()))
    return subprocess.run(
        [sys.executable, "-m", *shlex.split(command.replace("0.0.0.0", "127.0.0.1"))],
        cwd=ROOT,
        env=environment(**{name: value}),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def refused() -> dict[tuple[str, str], subprocess.CompletedProcess[str]]:
    """What became of each wrong setting; they are tried side by side."""
    cases = [(name, value) for name, value, _ in WRONG]
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        return dict(zip(cases, hands.map(lambda case: started(*case), cases), strict=True))


@pytest.mark.parametrize(("name", "value", "said"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_setting_stops_the_start_in_one_line_that_names_it(
    refused: dict[tuple[str, str], subprocess.CompletedProcess[str]], name: str, value: str, said: str
) -> None:
    got = refused[name, value]
    assert got.returncode == 1
    assert got.stdout == ""
    (line,) = got.stderr.splitlines()
    assert line.startswith(said)
    assert str(ROOT) not in line
    assert name != "OIDC_CLIENT_SECRET" or value not in line


def test_the_settings_that_ship_start_without_a_word() -> None:
    got = imported()
    assert (got.returncode, own_lines(got)) == (0, [])


def test_two_processes_serve_at_once_each_on_its_port(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    command = ("dashboard.py",)
    with (
        serving(command, first, tmp_path / "first.txt", {"PORT": str(first)}) as one,
        serving(command, second, tmp_path / "second.txt", {"PORT": str(second)}) as two,
    ):
        answers = [json.load(urlopen(f"{address}/features", timeout=10)) for address in (one, two)]
    assert one != two
    assert answers[0] == answers[1]
    assert "AMT_CREDIT" in answers[0]["columns"]
