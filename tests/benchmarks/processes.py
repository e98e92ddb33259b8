"""What a process took from its start to its end, for the benchmarks that run each side in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the clock, seconds of all its threads, gigabytes at its peak."""

    wall: float
    cpu: float
    memory: float


def measure(side: str, script: str, *options: str, quiet: bool = False) -> Cost:
    """Runs one side of a benchmark's script in a process of its own, with these options behind it."""
    start = time.perf_counter()
    out = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen([sys.executable, script, "--side", side, *options], cwd=ROOT, stdout=out, stderr=out)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{side} ended with {process.returncode}")
    unit = 1e9 if sys.platform == "darwin" else 1e6
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)
