"""A file that stands at its address once it is whole, and of which nothing is left otherwise."""

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
    """A file that is being written; discard leaves what stands at its address as it is."""

    file: BinaryIO
    wanted: bool = True

    def discard(self) -> None:
        """Nothing of this file is to stay."""
        self.wanted = False


@contextmanager
def whole_file(path: Path) -> Iterator[Part]:
    """A file to write; it takes the place of what stands at the path when the block ends without an exception.

    Until then it has no name where the system allows that (Linux), so that nothing of it stays whatever ends the
    process. Elsewhere it has a name of this run's own and goes with the block. Raises OSError.
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
