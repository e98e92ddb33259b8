"""One real server for the tests of what only a real one shows; its limits are low, so that they are reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.scoring.assess import Model
from tests.browser.serving import UVICORN, free_port, serving
from tests.core.drawn import draw_rows

SETTINGS = {"MAX_BODY_MB": "8", "MAX_BODY_SECONDS": "5", "MAX_SCORINGS": "1", "MAX_ROWS": "600"}


@dataclass(frozen=True)
class Server:
    """Where it listens, and the file that it logs to."""

    port: int
    log: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log.txt"
    with serving((*UVICORN, "--port", str(port)), port, log, SETTINGS):
        yield Server(port, log)


@pytest.fixture(scope="session")
def body(model: Model) -> Callable[[int], bytes]:
    """The bytes of a request with this many synthetic clients."""
    rows = draw_rows(model, 500, seed=3)

    def made(n: int) -> bytes:
        return json.dumps({"data": rows[:n]}).encode()

    return made
