"""Checks in a separate process whether LightGBM can read a model's text without crashing.

LightGBM's parser validates little: inconsistent numbers crash the process, and Python cannot catch that. The child
process loads only LightGBM's library, so the check takes a fraction of a second.
"""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import lightgbm

LIBRARY = next((Path(lightgbm.__file__).parent / "lib").glob("lib_lightgbm.*"))
MAX_SECONDS = 60
SURVIVED = 7
_SCRIPT = f"""
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
text = sys.stdin.buffer.read()
booster, n = ctypes.c_void_p(), ctypes.c_int(0)
if library.LGBM_BoosterLoadModelFromString(ctypes.c_char_p(text), ctypes.byref(n), ctypes.byref(booster)):
    sys.exit(1)
library.LGBM_BoosterGetNumFeature(booster, ctypes.byref(n))
values = [0.0] * n.value + [float("nan")] * n.value + [1e30] * n.value + [-1e30] * n.value
rows, answers = (ctypes.c_double * len(values))(*values), (ctypes.c_double * 4)()
written = ctypes.c_int64(0)
shape = ctypes.c_int32(4), ctypes.c_int32(n.value)
failed = library.LGBM_BoosterPredictForMat(
    booster, rows, 1, *shape, 1, 1, 0, -1, b"num_threads=1", ctypes.byref(written), answers
)
sys.exit(1 if failed else {SURVIVED})
"""


@lru_cache(maxsize=16)
def survives(text: str) -> bool:
    """Whether LightGBM reads a model's text and scores four extreme rows with it without an error or a crash."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _SCRIPT, str(LIBRARY)],
            input=text.encode(),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, BrokenPipeError):
        return False
    return done.returncode == SURVIVED
