"""The requirements files: all pinned by hash, as pyproject.toml asks; what serves does not train or test."""

from __future__ import annotations

import re
import tomllib

import pytest

from core.settings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-train.txt": [*PROJECT["dependencies"], *EXTRAS["train"]],
    "requirements-scale.txt": [*PROJECT["dependencies"], *EXTRAS["scale"]],
    "requirements-dev.txt": [*PROJECT["dependencies"], *EXTRAS["train"], *EXTRAS["scale"], *EXTRAS["dev"]],
}
NEVER_SERVES = {"mlflow", "mlflow-skinny", "polars", "dask", "distributed", "optuna", "matplotlib", "shap", "numba"}
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)")


def locked(file: str) -> dict[str, tuple[str, str]]:
    """Each library of a lock: its version, and the whole entry."""
    entries = re.split(r"\n(?=\S)", (ROOT / file).read_text(encoding="utf-8"))
    entries = [entry for entry in entries if not entry.startswith("#")]
    assert all(PIN.match(entry) for entry in entries), file
    return {found[1]: (found[2], entry) for entry in entries if (found := PIN.match(entry))}


def asked(requirements: list[str]) -> dict[str, str]:
    """The versions that pyproject.toml asks for; each must be one version."""
    found = [PIN.match(each.lower()) for each in requirements]
    assert all(found), requirements
    return {each[1]: each[2] for each in found if each}


@pytest.mark.parametrize("file", ASKED)
def test_every_line_is_one_version_with_its_hashes_and_no_address(file: str) -> None:
    for name, (_, entry) in locked(file).items():
        assert "--hash=sha256:" in entry, name
    assert "://" not in (ROOT / file).read_text(encoding="utf-8")
    assert "./setup.sh lock" in (ROOT / file).read_text(encoding="utf-8").splitlines()[1]


@pytest.mark.parametrize("file", ASKED)
def test_lock_holds_what_the_project_asks_for(file: str) -> None:
    versions = {name: version for name, (version, _) in locked(file).items()}
    wanted = asked(ASKED[file])
    assert {name: versions.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("file", ASKED)
def test_what_serves_is_the_same_in_every_lock(file: str) -> None:
    serving = {name: version for name, (version, _) in locked("requirements.txt").items()}
    here = {name: version for name, (version, _) in locked(file).items()}
    assert {name: here.get(name) for name in serving} == serving


def test_nothing_that_only_trains_or_tests_serves() -> None:
    only = NEVER_SERVES | (set(asked(EXTRAS["dev"])) | set(asked(EXTRAS["train"])))
    assert not set(locked("requirements.txt")) & only


def test_no_library_is_in_the_lock_unasked() -> None:
    """Each entry says through whom it came, down to a library that the project names."""
    for file, requirements in ASKED.items():
        entries, wanted = locked(file), asked(requirements)
        for name, (_, entry) in entries.items():
            through = set(re.findall(r"#(?: via)? +([a-z0-9][a-z0-9._-]*)", entry)) - {"via"}
            assert through & set(entries) or name in wanted, f"{file}: {name}"
