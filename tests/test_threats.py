"""SECURITY.md does not rot: each test that it names is there; and two of its rows that no other test holds."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from core.settings import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
PINNED = ("requirements.txt", "requirements-train.txt", "requirements-scale.txt", "requirements-dev.txt")
SECRET = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{20,}\.eyJ|HRKU-[\w-]{30}|gh[pousr]_\w{30}|AKIA[0-9A-Z]{16}"
)
SECRET_FILES = re.compile(r"(^|/)(\.env.*|secrets\.toml|.*\.(pem|key|p12|pfx))$")


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_holds_a_threat_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    assert len(ROWS) >= 20
    for threat, stops, held in ROWS:
        assert threat and stops
        assert re.fullmatch(r"(`tests/[\w/]+\.py::\w+` ?)+", held), threat


@pytest.mark.parametrize("file", PINNED)
def test_every_package_is_pinned_with_its_digest(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert packages
    for line in packages:
        assert re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line.split()[0]
    assert "--require-hashes" in (ROOT / "setup.sh").read_text(encoding="utf-8")


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    files = [name for name in listed.split("\0") if name] or [
        path.relative_to(ROOT).as_posix() for path in Path(ROOT).glob("[!.]*/**/*") if path.is_file()
    ]
    assert len(files) > 100
    assert [name for name in files if SECRET_FILES.search(name)] == []
    assert [name for name in files if (ROOT / name).is_file() and SECRET.search((ROOT / name).read_bytes())] == []
