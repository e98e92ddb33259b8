"""Reads the version of scikit-learn that wrote a pickle from its bytes, without unpickling it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib

import sklearn

_VERSION = re.compile(rb"_sklearn_version.{1,12}?([0-9]+\.[0-9]+(?:\.[0-9a-z]+)*)", re.DOTALL)


def other_versions_of(content: bytes) -> str:
    """A clause with both versions of scikit-learn if the pickle names another one than is installed, else ""."""
    match = _VERSION.search(_unpacked(content))
    made, here = match[1].decode() if match else sklearn.__version__, sklearn.__version__
    return "" if made == here else f"it was made with scikit-learn {made}, and {here} is installed here"


def _unpacked(content: bytes) -> bytes:
    """A pickle's bytes without the compression that joblib may have put around them."""
    for unpack in (zlib.decompress, gzip.decompress, bz2.decompress, lzma.decompress):
        try:
            return unpack(content)
        except (zlib.error, OSError, EOFError, lzma.LZMAError):
            continue
    return content
