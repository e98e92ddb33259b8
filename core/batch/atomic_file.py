"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass
class Part:
    """A file being written. After `discard` the old file, if any, stays as it was."""

    file: BinaryIO
    wanted: bool = True

    def discard(self) -> None:
        """Do not keep this file."""
        self.wanted = False


@contextmanager
def atomic_file(path: Path) -> Iterator[Part]:
    """Open a file for writing that replaces the one at `path` if the block ends without an exception.

    On Linux the file has no name until then, so that nothing of it is left even if the process is killed. Elsewhere it
    has a random name and is removed with the block. Raises OSError.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        nameless = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o666)
    except (AttributeError, OSError):
        nameless = None
    try:
        with part.open("xb") if nameless is None else os.fdopen(nameless, "wb") as file:
            written = Part(file)
            yield written
            file.flush()
            if nameless is not None and written.wanted:
                _give_name(nameless, part)
        if written.wanted:
            part.replace(path)
        else:
            part.unlink(missing_ok=True)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _give_name(descriptor: int, path: Path) -> None:
    # Only with a directory's descriptor does Python follow the link that stands for the open file.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)
