"""Access and load: the API keys of programs, and limits on bodies and scorings in progress.

Only the server's event loop calls this module, so nothing is locked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from core.errors import Busy, KeyRefused, Problem


class ApiKeys:
    """The API keys that the server accepts, held as SHA-256. With no keys, access is open, or closed if `closed`."""

    def __init__(self, digests: Collection[str], *, closed: bool = False) -> None:
        """Take the accepted keys.

        Parameters
        ----------
        digests: SHA-256 of each key, 64 hexadecimal digits.
        closed: refuse every request if there are no digests.
        """
        self._digests = tuple(bytes.fromhex(digest) for digest in digests)
        self._open = not self._digests and not closed

    def check(self, authorization: str) -> None:
        """Check the value of the `Authorization` header, `Bearer KEY`.

        Raises
        ------
        KeyRefused: the header holds no key, or none of the accepted keys.
        """
        if self._open:
            return
        scheme, _, key = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise KeyRefused([Problem("key_absent")])
        # Servers decode headers as Latin-1, so Latin-1 gives back the bytes of the key.
        received = hashlib.sha256(key.strip().encode("latin-1", errors="replace")).digest()
        # `sum` compares every digest, each in constant time: the duration says nothing about any key.
        if not sum(hmac.compare_digest(received, digest) for digest in self._digests):
            raise KeyRefused([Problem("key_unknown")])


class ConcurrencyLimiter:
    """Limits the bytes of bodies in memory and the scorings in progress; requests over a limit are refused at once."""

    def __init__(self, *, max_bytes: int, max_scorings: int, free_bytes_each: int = 0) -> None:
        """Set the limits.

        Parameters
        ----------
        max_bytes: most bytes of all bodies together.
        max_scorings: most scorings at the same time.
        free_bytes_each: the first bytes of each body that do not count, so that large bodies never block small ones.
        """
        self.free_bytes_each = free_bytes_each
        self._free_bytes = max_bytes
        self._free_scorings = max_scorings

    @contextmanager
    def scoring(self) -> Iterator[None]:
        """Count one scoring while the context is open. Raises Busy if `max_scorings` are in progress."""
        if not self._free_scorings:
            raise Busy([Problem("busy")])
        self._free_scorings -= 1
        try:
            yield
        finally:
            self._free_scorings += 1

    @contextmanager
    def body(self) -> Iterator[BodyReservation]:
        """A reservation for one request's body; its bytes are released when the context ends."""
        reservation = BodyReservation(self)
        try:
            yield reservation
        finally:
            self._free_bytes += reservation.counted

    def reserve(self, size: int) -> None:
        """Count these bytes as in memory. Raises Busy if they exceed `max_bytes`."""
        if size > self._free_bytes:
            raise Busy([Problem("busy")])
        self._free_bytes -= size


class BodyReservation:
    """The bytes of one request's body received so far.

    size: all of them. counted: those beyond the limiter's `free_bytes_each`.
    """

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter
        self.size = 0
        self.counted = 0

    def add(self, size: int) -> None:
        """Add bytes that have arrived. Raises Busy if the limiter has no room for them."""
        counted = max(0, self.size + size - self._limiter.free_bytes_each)
        self._limiter.reserve(counted - self.counted)
        self.size, self.counted = self.size + size, counted
