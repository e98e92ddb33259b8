"""Opens files that a setting names: a named pipe in such a place would be waited for without an end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotRegular(OSError):
    """What has the name is a folder, a pipe, a device or a socket."""


def open_regular(file: Path) -> BinaryIO:
    """Open a regular file, or a link to one, to be read as bytes.

    Raises
    ------
    NotRegular: it is anything else, which is not waited for.
    OSError: it is not there or cannot be opened.
    """
    # Without O_NONBLOCK, opening a named pipe without a writer would block.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegular(file.name)
    return os.fdopen(descriptor, "rb")
