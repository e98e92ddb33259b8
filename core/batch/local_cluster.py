"""Starts Dask workers on this computer without running the caller's main script in them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import SettingError
from core.settings import ROOT

START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from distributed.cli.dask_worker import main; main()"
"""Dask's own command, which also finds this project wherever it is called from."""


@contextmanager
def local_cluster(workers: int) -> Iterator[str]:
    """Start a scheduler in this process and workers on this computer, and stop them when the block ends.

    `distributed.LocalCluster` would start the workers by multiprocessing, which runs the caller's main script again
    in each of them: under Streamlit, or from a script without `if __name__ == "__main__"`, they end before they begin.

    Parameters
    ----------
    workers : int
        Number of worker processes, each with one thread.

    Yields
    ------
    str
        The scheduler's address.

    Raises
    ------
    SettingError
        The workers do not start.
    """
    import distributed

    dask: Any = distributed
    with dask.LocalCluster(n_workers=0, protocol="tcp://", dashboard_address="127.0.0.1:0") as cluster:
        options = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard")
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(ROOT), cluster.scheduler_address, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while len(cluster.scheduler_info["workers"]) < workers:
                if process.poll() is not None:
                    raise SettingError("--cluster", "its workers must be able to start on this computer")
                time.sleep(0.05)
            yield cluster.scheduler_address
        finally:
            process.terminate()
            process.wait()
