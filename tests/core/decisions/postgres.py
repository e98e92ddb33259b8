"""A real PostgreSQL server for as long as the tests need it: pgserver's from PyPI, or the system's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEFT_OUT = (
    "no PostgreSQL here (pgserver comes from PyPI on Python 3.11 and 3.12, `apt-get install postgresql` brings one "
    "elsewhere): the journal is tested on SQLite alone"
)
SOCKETS = "-c listen_addresses= -c unix_socket_directories={folder} -c fsync=on"


@contextmanager
def postgres(folder: Path) -> Iterator[str | None]:
    """The address of a server of its own in a folder; None where there is none to be had."""
    try:
        from pgserver.postgres_server import get_server  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        with _of_the_system(folder) as address:
            yield address
        return
    server = get_server(folder / "pgdata")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _of_the_system(folder: Path) -> Iterator[str | None]:
    """A server of Debian's packages, which does not run as root: then as `postgres`, whom the packages bring."""
    programs = _programs()
    if programs is None:
        yield None
        return
    user = "postgres" if os.geteuid() == 0 else None
    data, sockets = folder / "pgdata", folder / "sockets"
    for each in (data, sockets):
        each.mkdir()
        if user:
            shutil.chown(each, user)
    for above in [folder, *folder.parents]:
        if user and above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)

    def run(program: str, *options: str) -> None:
        subprocess.run([programs / program, *options], user=user, cwd=data, check=True, capture_output=True)

    run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8")
    run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", SOCKETS.format(folder=sockets), "start")
    try:
        yield f"postgres://postgres@/postgres?host={sockets}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian leaves it out of the path."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in found if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)
