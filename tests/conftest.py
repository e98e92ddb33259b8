"""What every test may ask for: the model that ships, loaded once, and quiet hypothesis settings; who runs what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.scoring.assess import Model, open_model
from core.settings import Settings

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("suite")

TOGETHER = {
    "tests/core/training/": "one training run",
    "tests/core/synthetic/": "one training run",
    "tests/server/": "one server",
}
"""Folders that one process runs whole, for what their files share is dear; other files are each a unit of work."""
DEAREST = (
    "tests/core/training/",
    "tests/core/synthetic/",
    "tests/browser/test_signing_in.py",
    "tests/browser/test_for_everyone.py",
    "tests/server/",
    "tests/browser/",
    "tests/test_start.py",
    "tests/pages/",
    "tests/core/batch/",
)
"""What takes longest comes first, so that no process is left with it at the end."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """Gives each process a file at a time, or a folder whose files share something."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByUnit(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            """The unit of work that a test belongs to."""
            return next((unit for folder, unit in TOGETHER.items() if nodeid.startswith(folder)), nodeid.split("::")[0])

    return ByUnit(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the dearest first."""
    items.sort(key=lambda item: next((n for n, path in enumerate(DEAREST) if item.nodeid.startswith(path)), 99))


@pytest.fixture(scope="session")
def model() -> Model:
    """The model that ships, checked as at start."""
    return open_model(Settings().model_folder)
