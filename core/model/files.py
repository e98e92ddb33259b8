"""Reads a file of a bundle's folder; its content is not trusted before its digest was checked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from core.errors import BundleError

MAX_MB = 512
"""The largest size of one file; a larger file is refused."""


def read_file(folder: Path, name: str) -> bytes:
    """The content of a regular file of at most MAX_MB. Raises BundleError for anything else, without reading it."""
    try:
        # Without O_NONBLOCK, opening a named pipe without a writer would block.
        descriptor = os.open(folder / name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise BundleError(folder.name, [f"{name} is not a regular file"])
            content = file.read(MAX_MB * 2**20 + 1) if state.st_size <= MAX_MB * 2**20 else None
    except OSError:
        raise BundleError(folder.name, [f"{name} is not there or cannot be read"]) from None
    if content is None or len(content) > MAX_MB * 2**20:
        raise BundleError(folder.name, [f"{name} is larger than {MAX_MB} MB"])
    return content
