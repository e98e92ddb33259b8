"""Who is let in: the keys of programs, and how much may be under way at once.

Everything here is asked from the server's event loop alone, so nothing is locked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from core.errors import Busy, KeyRefused, Problem


class ApiKeys:
    """The keys that programs may present; only their SHA-256 are known here. Without any, all may ask or nobody."""

    def __init__(self, digests: Collection[str], *, closed: bool = False) -> None:
        """digests: SHA-256 of each key, in hexadecimal; closed: whether nobody may ask where there is none."""
        self._digests = tuple(bytes.fromhex(digest) for digest in digests)
        self._open = not self._digests and not closed

    def check(self, authorization: str) -> None:
        """Raises KeyRefused unless the header `Authorization: Bearer KEY` holds one of the keys.

        A header is bytes, and whoever reads it as text reads it as Latin-1: encoded so, the key is as it was sent.
        Every digest is compared, each in constant time, so that the time taken tells nothing of any key.
        """
        if self._open:
            return
        scheme, _, key = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise KeyRefused([Problem("key_absent")])
        given = hashlib.sha256(key.strip().encode("latin-1", errors="replace")).digest()
        if not sum(hmac.compare_digest(given, digest) for digest in self._digests):
            raise KeyRefused([Problem("key_unknown")])


class ConcurrencyLimiter:
    """How many bytes of bodies are held and how many scorings run at this moment; past the most, nobody waits."""

    def __init__(self, *, max_bytes: int, max_scorings: int, small: int = 0) -> None:
        """small: the bytes of each body that do not count, so that a large one never keeps a small one out."""
        self.small = small
        self._free_bytes = max_bytes
        self._free_places = max_scorings

    @contextmanager
    def scoring(self) -> Iterator[None]:
        """A place for one scoring. Raises Busy when all are taken."""
        if not self._free_places:
            raise Busy([Problem("busy")])
        self._free_places -= 1
        try:
            yield
        finally:
            self._free_places += 1

    @contextmanager
    def body(self) -> Iterator[BodyReservation]:
        """The bytes of one request's body, given back when it is answered."""
        held = BodyReservation(self)
        try:
            yield held
        finally:
            self._free_bytes += held.counted

    def take(self, size: int) -> None:
        """Counts bytes as held. Raises Busy when there is no room for them."""
        if size > self._free_bytes:
            raise Busy([Problem("busy")])
        self._free_bytes -= size


class BodyReservation:
    """The bytes held so far for one request, and those of them that count."""

    def __init__(self, admission: ConcurrencyLimiter) -> None:
        self._admission = admission
        self.size = 0
        self.counted = 0

    def add(self, size: int) -> None:
        """More bytes have come. Raises Busy when there is no room for them."""
        counted = max(0, self.size + size - self._admission.small)
        self._admission.take(counted - self.counted)
        self.size, self.counted = self.size + size, counted
