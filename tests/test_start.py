"""Starting: a wrong setting stops the server in one line that names it; a right one serves, two at once if need be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from core.settings import ROOT
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


def own_lines(got: subprocess.CompletedProcess[str]) -> list[str]:
    """What was written, but for Streamlit's own remark that nobody serves."""
    return [line for line in (got.stdout + got.stderr).splitlines() if line and "ScriptRunContext" not in line]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "PORT: must be a whole number."),
        ("REVIEW_BAND", "2", "REVIEW_BAND: must be a number of at most 0.5."),
        ("CLIENTS", "nowhere/clients.csv", "CLIENTS: the file clients.csv is not there or cannot be read."),
        ("CLIENTS", "README.md", "CLIENTS: the file README.md "),
        ("MODEL_DIR", "nowhere", "The model in nowhere cannot be used: "),
        ("MODEL_DIR", "assets", "The model in assets cannot be used: "),
        ("OIDC_ISSUER", "https://login.example", "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL: must be set too; "),
        ("OIDC_CLIENT_SECRET", "hush", "OIDC_CLIENT_SECRET: must be text no shorter than 16."),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line_that_names_it(name: str, value: str, said: str) -> None:
    got = imported(**{name: value})
    lines = own_lines(got)
    assert got.returncode == 1
    assert len(lines) == 1
    assert lines[0].startswith(said)
    assert "Traceback" not in got.stderr
    assert str(ROOT) not in lines[0]
    assert name != "OIDC_CLIENT_SECRET" or value not in lines[0]


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
