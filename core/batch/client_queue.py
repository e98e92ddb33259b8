"""The queue that an officer works through: the clients of a portfolio, in which order, and its address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.batch.results import VERDICTS, Places, Results
from core.batch.summary import ORDERS, PAGE, Order, chosen
from core.records import Flags, ReviewReason, Verdict

SORTS = ("file", "solvency", "-solvency", "amount", "-amount", "client")
"""Orders that can be chosen; with a minus, the largest stands first."""
MAX_TYPED = 20
FIELDS = ("only", "why", "starts", "undecided", "sort")
"""The query parameters of a queue."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A filter and an order.

    verdicts, why: any of these recommendations, and of these reasons to review; all if there is none. starts: the first
    digits of the id. undecided: only clients on whom nobody has decided yet. sort: one of SORTS.
    """

    verdicts: tuple[Verdict, ...] = ()
    why: tuple[ReviewReason, ...] = ()
    starts: str = ""
    undecided: bool = False
    sort: str = SORTS[0]

    def places(self, results: Results, decided: Collection[int] = ()) -> Places:
        """Positions in the results of the clients of this queue, in its order. decided: ids, for `undecided`."""
        places = self.with_decided(results)
        return places[self.is_open(results.ids[places], decided)]

    def with_decided(self, results: Results) -> Places:
        """The same with those who are left out as decided."""
        order: Order = next(each for each in ORDERS if each == self.sort.removeprefix("-"))
        return chosen(
            results,
            verdicts=self.verdicts,
            why=self.why,
            typed=self.starts,
            order=order,
            descending=self.sort.startswith("-"),
        )

    def is_open(self, ids: Places, decided: Collection[int]) -> Flags:
        """Which of these clients are not left out as decided."""
        if not self.undecided:
            return np.ones(len(ids), dtype=bool)
        return ~np.isin(ids, np.fromiter(decided, dtype=np.int64))

    def to_address(self) -> dict[str, str]:
        """The query parameters of this queue; a field at its default has none."""
        fields = {
            "only": ",".join(self.verdicts),
            "why": ",".join(self.why),
            "starts": self.starts,
            "undecided": "1" if self.undecided else "",
            "sort": self.sort if self.sort != SORTS[0] else "",
        }
        return {name: text for name, text in fields.items() if text}


def read_queue(address: Mapping[str, str]) -> Queue:
    """The queue that an address says; what it says wrongly is left out."""
    only, why = (address.get(name, "").split(",") for name in ("only", "why"))
    sort = address.get("sort", "")
    return Queue(
        verdicts=tuple(each for each in Verdict if each in only),
        why=tuple(each for each in ReviewReason if each in why),
        starts=address.get("starts", "").strip()[:MAX_TYPED],
        undecided=address.get("undecided") == "1",
        sort=sort if sort in SORTS else SORTS[0],
    )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a client stands in a queue.

    place: of the client, the first is 1; 0 where it is not in the queue. total: clients in the queue. previous, next:
    the ids beside it, None at either end; of a client that is not in the queue, next is the queue's first. is_decided:
    the queue is of undecided clients, and this one, which would stand at this place, has been decided.
    """

    place: int
    total: int
    previous: int | None = None
    next: int | None = None
    is_decided: bool = False

    @property
    def page(self) -> int:
        """The page of the table on which the client stands, the first is 1."""
        return max(self.place - 1, 0) // PAGE + 1


def position_of(client: int, queue: Queue, results: Results, decided: Collection[int] = ()) -> Position:
    """The position of a client in a queue of these results. decided: ids, for a queue of undecided clients."""
    ids = results.ids[queue.with_decided(results)]
    is_open = queue.is_open(ids, decided)
    found = np.flatnonzero(ids == client)
    if not len(found):
        left = ids[is_open]
        return Position(0, len(left), next=int(left[0]) if len(left) else None)
    at = int(found[0])
    before, after = ids[:at][is_open[:at]], ids[at + 1 :][is_open[at + 1 :]]
    return Position(
        len(before) + 1,
        int(is_open.sum()),
        previous=int(before[-1]) if len(before) else None,
        next=int(after[0]) if len(after) else None,
        is_decided=not is_open[at],
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many clients of the results there are by recommendation and by reason to review."""

    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    why: Mapping[ReviewReason, int] = field(default_factory=dict)


def count(results: Results) -> Counts:
    """Count the clients of each recommendation and of each reason to review."""
    by_place = np.bincount(results.verdict, minlength=len(VERDICTS)).tolist()
    return Counts(
        verdicts={verdict: by_place[VERDICTS.index(verdict)] for verdict in Verdict},
        why={reason: int(results.reviewed_for(reason).sum()) for reason in ReviewReason},
    )
