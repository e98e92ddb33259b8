"""Bodies of valid clients with faults injected, and what the contract makes of each; for the routes' hardest tests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Client = dict[str, Any]
CANARY = "canary-7391"


@dataclass
class Sent:
    """A body on its way: its clients, each with an id of its own, and the (row, column) places of what is wrong."""

    clients: list[Client]
    wrong: set[tuple[int, str | None]] = field(default_factory=set)
    whole: bytes | None = None

    @property
    def content(self) -> bytes:
        """The bytes as Python's json writes them, unless a fault of the whole replaced them."""
        return json.dumps({"data": self.clients}).encode() if self.whole is None else self.whole


Fault = Callable[[Sent, int, Any], None]


def put(column: str, cell: object) -> Fault:
    """A cell that must be refused where it is."""

    def inject(sent: Sent, row: int, chosen: Any) -> None:
        sent.clients[row][column] = cell
        sent.wrong.add((row + 1, column))
        sent.wrong.discard((row + 1, "PAYMENT_RATE") if column == "AMT_CREDIT" else (0, None))

    return inject


def harmless(column: str, cell: object) -> Fault:
    """A cell that the contract takes: a missing value, an unknown column, a value never seen."""

    def inject(sent: Sent, row: int, chosen: Any) -> None:
        if not any(name.startswith(f"{column}_") for name in sent.clients[row]):
            sent.clients[row][column] = cell

    return inject


def twice(sent: Sent, row: int, chosen: Any) -> None:
    """The same client again at the end, with whatever is wrong with it."""
    sent.clients.append(dict(sent.clients[row]))
    sent.wrong |= {(len(sent.clients), column) for place, column in sent.wrong if place == row + 1}
    sent.wrong |= {(row + 1, "SK_ID_CURR"), (len(sent.clients), "SK_ID_CURR")}


def reordered(sent: Sent, row: int, chosen: Any) -> None:
    """The same cells the other way round."""
    sent.clients[row] = dict(reversed(list(sent.clients[row].items())))


def lacking(column: str) -> Fault:
    """An essential column that is not there."""

    def inject(sent: Sent, row: int, chosen: Any) -> None:
        sent.clients[row].pop(column, None)
        sent.wrong.add((row + 1, column))
        sent.wrong.discard((row + 1, "PAYMENT_RATE") if column == "AMT_CREDIT" else (0, None))

    return inject


def conflict(sent: Sent, row: int, chosen: Any) -> None:
    """Raw and encoded say different things."""
    for name in [name for name in sent.clients[row] if name.startswith("NAME_INCOME_TYPE")]:
        del sent.clients[row][name]
    sent.clients[row] |= {"NAME_INCOME_TYPE": "Working", "NAME_INCOME_TYPE_Pensioner": 1}
    sent.wrong.add((row + 1, "NAME_INCOME_TYPE_Pensioner"))


def wrong_ratio(sent: Sent, row: int, chosen: Any) -> None:
    """A ratio a tenth off its two columns."""
    client = sent.clients[row]
    client |= {"AMT_ANNUITY": 20000.0, "AMT_CREDIT": 400000.0, "PAYMENT_RATE": 0.055}
    for name in ("INCOME_CREDIT_PERC", "ANNUITY_INCOME_PERC"):
        client.pop(name, None)
    sent.wrong.add((row + 1, "PAYMENT_RATE"))


def no_client(sent: Sent, row: int, chosen: Any) -> None:
    """Something that is no object stands for a client."""
    sent.clients.append([CANARY])  # type: ignore[arg-type]
    sent.wrong.add((len(sent.clients), None))


def deep(sent: Sent, row: int, chosen: Any) -> None:
    """Nesting beyond 100 levels."""
    start, end = (b'{"a": ', b"}") if chosen % 2 else (b"[", b"]")
    sent.whole = b'{"data": [{"a": ' + start * 120 + b"1" + end * 120 + b"}]}"


def cut(sent: Sent, row: int, chosen: Any) -> None:
    """The body ends early."""
    content = sent.content
    sent.whole = content[: 1 + chosen % max(1, len(content) - 1)]


EMPTY: dict[str, object] = {}
FAULTS: Sequence[Fault] = (
    *(wrong_ratio, conflict),
    *(put("AMT_CREDIT", cell) for cell in (CANARY, True, [CANARY], {CANARY: 1}, "12,5", "1_0")),
    *(put("FLAG_OWN_REALTY", cell) for cell in (CANARY, True, 7, [1])),
    *(put("FLAG_PHONE", cell) for cell in (CANARY, 2, 0.5, EMPTY)),
    *(put("SK_ID_CURR", cell) for cell in (None, CANARY, 1.5, True, -1, 2**63, 10**400, math.nan, math.inf)),
    *(put("DAYS_BIRTH", cell) for cell in (None, "", math.nan, math.inf, -math.inf, 10**400)),
    put(CANARY, [CANARY]),
    *(lacking(column) for column in ("AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH", "SK_ID_CURR")),
    *(twice, no_client, deep, cut),
)
HARMLESS: Sequence[Fault] = (
    reordered,
    *(harmless("EXT_SOURCE_1", cell) for cell in (None, math.nan, math.inf, "", "0.5", 10**400)),
    *(harmless(CANARY, cell) for cell in (CANARY, 1, None, 2**70, "\ud800", "é\0", "}, {")),
    *(harmless("OCCUPATION_TYPE", cell) for cell in (CANARY, None)),
    *(harmless("FLAG_PHONE", cell) for cell in (True, "1", 0.0, None)),
    harmless("AMT_GOODS_PRICE", "156384.0"),
)


Place = tuple[int, int, int]


@dataclass(frozen=True)
class ModelFactory:
    """Which of some clients to send, and which faults to inject where: (fault, row, any number) each."""

    clients: tuple[int, ...]
    harmless: tuple[Place, ...]
    faults: tuple[Place, ...]

    def body(self, rows: Sequence[Client]) -> Sent:
        """The body that this makes of these clients."""
        sent = Sent([dict(rows[place % len(rows)]) for place in self.clients])
        for kinds, places in ((HARMLESS, self.harmless), (FAULTS, self.faults)):
            # In the order above, so that a later fault does not mend an earlier one.
            for kind, row, chosen in sorted((kind % len(kinds), row, chosen) for kind, row, chosen in places):
                kinds[kind](sent, row % len(self.clients), chosen)
        return sent


def places(most: int) -> st.SearchStrategy[tuple[Place, ...]]:
    """Up to `most` of any faults, anywhere."""
    return st.lists(st.tuples(*(st.integers(0, 10**4),) * 3), max_size=most).map(tuple)


RECIPES = st.builds(
    ModelFactory,
    st.lists(st.integers(0, 29), min_size=1, max_size=4, unique=True).map(tuple),
    places(3),
    places(3),
)
