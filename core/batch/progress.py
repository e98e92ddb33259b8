"""The progress of a scoring run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Clients done, their total, seconds elapsed, and the number of clients that are being explained now."""

    done: int
    total: int
    seconds: float
    explaining: int = 0

    @property
    def rate(self) -> float:
        """Clients per second so far."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float:
        """Remaining seconds at this rate; infinite before the first client."""
        return (self.total - self.done) / self.rate if self.rate > 0 else float("inf")
