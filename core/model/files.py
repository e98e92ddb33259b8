"""Reads a file of a bundle's folder; its content is not trusted before its digest was checked."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import BundleError
from core.regular_file import NotRegular, open_regular

MAX_MB = 512
"""The largest size of one file; a larger file is refused."""


def read_file(folder: Path, name: str) -> bytes:
    """The content of a regular file of at most MAX_MB. Raises BundleError for anything else, without reading it."""
    try:
        with open_regular(folder / name) as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(MAX_MB * 2**20 + 1) if size <= MAX_MB * 2**20 else None
    except NotRegular:
        raise BundleError(folder.name, [f"{name} is not a regular file"]) from None
    except OSError:
        raise BundleError(folder.name, [f"{name} is not there or cannot be read"]) from None
    if content is None or len(content) > MAX_MB * 2**20:
        raise BundleError(folder.name, [f"{name} is larger than {MAX_MB} MB"])
    return content
