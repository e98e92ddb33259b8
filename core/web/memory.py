"""Gives memory that is no longer used back to the system."""

from __future__ import annotations

import ctypes
import gc

import pyarrow as pa

ARENAS = 2
"""Areas of memory that glibc may keep for threads; by default eight a processor, each with what it once needed."""
M_ARENA_MAX = -8
"""The name of that setting in glibc's malloc.h."""


def share_arenas() -> None:
    """Let all threads share few areas of memory; to be called before there are many threads. Elsewhere: nothing.

    Every run of a page is a thread of its own. What it frees stays in its area for later, and sixteen areas, as two
    processors have them, keep more than two.
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(M_ARENA_MAX, ARENAS)


def give_back_pages() -> None:
    """Return free pages to the system where the C library can.

    Without it the allocators keep what they got for later, and a server stays as large as its busiest hour was.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def release_memory() -> None:
    """Collect garbage, and return free pages to the system."""
    gc.collect()
    give_back_pages()
