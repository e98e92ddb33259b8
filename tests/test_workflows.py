"""What runs on every push: a linter finds nothing in it, and it runs what the README tells a person to run."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from core.settings import ROOT
from tests.browser.serving import MAX_SECONDS

FOLDER = ROOT / ".github" / "workflows"
CAREFUL = """
on: [push]
permissions: {}
jobs:
  test:
    name: Test
    runs-on: ubuntu-24.04
    steps:
      - run: make
"""


PYTHONS = ["3.11", "3.12", "3.13"]
"""What is promised is what every push is tested on; the first serves in production."""


def test_the_same_pythons_are_promised_everywhere() -> None:
    setup = (ROOT / "setup.sh").read_text(encoding="utf-8")
    lowest, highest = PYTHONS[0], PYTHONS[-1]
    beyond = f"3.{int(highest.partition('.')[2]) + 1}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={lowest},<{beyond}"
    assert f"for name in {' '.join(f'python{each}' for each in PYTHONS)} python3 python; do" in setup
    assert f"Aval needs Python {', '.join(PYTHONS[:-1])} or {highest}:" in setup
    assert f"Python {', '.join(PYTHONS[:-1])} or {highest}, from" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".python-version").read_text(encoding="utf-8").strip() == lowest


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    """zizmor's verdict at its most pedantic, without the network."""
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-config", "--persona", "auditor"]
    return subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=MAX_SECONDS)


def test_the_linter_finds_nothing() -> None:
    done = lint(FOLDER)
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout + done.stderr
    assert "zizmor: ignore" not in "".join(file.read_text(encoding="utf-8") for file in FOLDER.iterdir())


@pytest.mark.parametrize(
    ("careless", "said"),
    [
        (CAREFUL.replace("make", 'echo "${{ github.event.head_commit.message }}"'), "template-injection"),
        (CAREFUL.replace("- run: make", "- uses: someone/thing@v1"), "unpinned-uses"),
        (CAREFUL.replace("[push]", "pull_request_target"), "dangerous-triggers"),
        (CAREFUL.replace("permissions: {}", "permissions: write-all"), "excessive-permissions"),
    ],
)
def test_the_linter_would_find_it(tmp_path: Path, careless: str, said: str) -> None:
    file = tmp_path / "careless.yml"
    file.write_text(careless)
    done = lint(file)
    assert done.returncode != 0
    assert said in done.stdout


def test_the_readme_s_tests_run_on_every_push_and_pull_request_and_before_a_deployment() -> None:
    workflow = yaml.safe_load((FOLDER / "deploy.yml").read_text(encoding="utf-8"))
    triggers, jobs = workflow[True], workflow["jobs"]
    assert "./setup.sh test " in (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"push", "pull_request"} <= set(triggers)
    assert triggers["push"] is None and triggers["pull_request"] is None
    runs = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert runs["test"].rstrip().endswith("./setup.sh test")
    assert "./setup.sh audit" in runs["audit"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert "$RUNNER_TOOL_CACHE/Python/$PYTHON" in runs["test"]
    assert "if" not in jobs["test"] and "if" not in jobs["audit"]
    assert jobs["deploy"]["needs"] == ["test", "audit"]
    assert jobs["deploy"]["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    assert not any("uses" in step for job in jobs.values() for step in job["steps"]), "nobody else's actions"
