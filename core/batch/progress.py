"""How far a portfolio is on its way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: clients done, of how many, after so many seconds; and how many are being explained just now."""

    done: int
    total: int
    seconds: float
    explaining: int = 0

    @property
    def rate(self) -> float:
        """Clients a second so far."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float:
        """Seconds that the rest takes at this rate; infinite before the first client."""
        return (self.total - self.done) / self.rate if self.rate > 0 else float("inf")
