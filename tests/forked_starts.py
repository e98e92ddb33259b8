"""Starts the server with one wrong setting after the other, from one process that has imported the libraries once.

python -m tests.forked_starts OPTION... < [["PORT", "abc"], …] > [[exit code, stdout, stderr], …]

Each start is a process of its own, forked from this one, in which uvicorn's command runs with these options and
imports `dashboard` for the first time, as the Procfile's command does. It ends as any Python program ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
from typing import IO

import uvicorn.main

BEFORE = ("streamlit", "core.api.app", "pages.components.auth", "pages.components.resources", "uvicorn.loops.auto")
"""What takes long to import; none of it reads a setting by being imported."""


def start(name: str, value: str, out: IO[bytes], error: IO[bytes]) -> None:
    """The server's start in this process; it does not come back."""
    os.environ[name] = value
    os.dup2(out.fileno(), sys.stdout.fileno())
    os.dup2(error.fileno(), sys.stderr.fileno())
    uvicorn.main.main()


def main() -> None:
    """Starts one after the other, and writes what became of each."""
    for module in BEFORE:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    ended: list[tuple[int, str, str]] = []
    for name, value in json.load(sys.stdin):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            child = os.fork()
            if child == 0:
                # What it raises goes up to the interpreter, which says it and ends.
                start(name, value, out, error)
                return
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            texts = []
            for file in (out, error):
                file.seek(0)
                texts.append(file.read().decode())
            ended.append((code, texts[0], texts[1]))
    json.dump(ended, sys.stdout)


if __name__ == "__main__":
    main()
