"""Real servers in processes of their own, for as long as a test needs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from core.settings import ROOT, describe_settings

MAX_SECONDS = 600.0
"""After so long something hangs; nothing that works depends on it, on however slow a machine."""
HTTP = "core.web.http_protocol:LimitedProtocol"
UVICORN = ("-m", "uvicorn", "dashboard:app", "--host", "127.0.0.1", "--http", HTTP, "--ws-max-size", "1048576")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings and no other."""
    ours = {name for name, *_ in describe_settings()}
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


@contextmanager
def serving(command: tuple[str, ...], port: int, log: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The address of a server that answers, started by `python command` and ended by its own id.

    What it keeps, its journal and bundles, lies beside its log.

    Raises AssertionError with the server's log where it does not answer, or where it logged a trace.
    """
    env = environment(**{"DATA_DIR": str(log.parent / "data"), **settings})
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdout=lines, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the server answers; raises AssertionError with its log when it ends or takes too long."""
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"{address}/best_threshold", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"no answer after {MAX_SECONDS:.0f} s: {log.read_text()}")
