"""How much a connection may send and how long it may wait, and the connections that wait."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.settings import Settings

KB = 1024
MB = 1024 * KB
SPARE_FILES = 100
"""Open files that are not connections: the log, the libraries, processes that read uploads."""

Connection = TypeVar("Connection", bound=Hashable)


@dataclass(frozen=True)
class Limits:
    """The limits in bytes, seconds and connections; each message names the setting."""

    head_bytes: int
    head_seconds: int
    transfer_seconds: int
    connections: int
    untaken_bytes: int

    @classmethod
    def of(cls, settings: Settings, max_files: int | None = None) -> Limits:
        """The limits that the settings give; never more connections than this process may open files."""
        most = settings.max_connections
        if max_files is not None:
            most = max(1, min(most, max_files - SPARE_FILES))
        return cls(
            head_bytes=settings.max_head_kb * KB,
            head_seconds=settings.max_head_seconds,
            transfer_seconds=settings.max_upload_seconds,
            connections=most,
            untaken_bytes=settings.max_untaken_mb * MB,
        )


class Waiting(Generic[Connection]):
    """Connections that wait for the same thing, each with the time at which it has waited too long; oldest first."""

    def __init__(self) -> None:
        self._until: dict[Connection, float] = {}

    def add(self, connection: Connection, until: float) -> None:
        """A connection waits from now on; one that does already keeps its time."""
        self._until.setdefault(connection, until)

    def remove(self, connection: Connection) -> None:
        """A connection waits no longer, if it did."""
        self._until.pop(connection, None)

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._until)

    def oldest(self, but: Connection, wanted: Callable[[Connection], bool] = lambda each: True) -> Connection | None:
        """The connection that waits longest of those wanted, this one left out."""
        return next((each for each in self._until if each is not but and wanted(each)), None)

    def late(self, now: float) -> list[Connection]:
        """Takes out those whose time is up."""
        late = [each for each, until in self._until.items() if until <= now]
        for each in late:
            del self._until[each]
        return late

    def __bool__(self) -> bool:
        return bool(self._until)


def max_files() -> int | None:
    """How many files this process may have open; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if most == resource.RLIM_INFINITY else most
