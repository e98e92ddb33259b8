"""Gives memory that is no longer used back to the system."""

from __future__ import annotations

import ctypes
import gc

import pyarrow as pa


def release_memory() -> None:
    """Collect garbage, and return free pages to the system where the C library can.

    Without it the allocators keep what they got for later, and a server stays as large as its busiest hour was.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
