"""Which client a row is of: SK_ID_CURR, exact or refused, and never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.errors import Refusals
from core.records import Row

ID = "SK_ID_CURR"
LARGEST_ID = 2**63 - 1


def read_id(position: int, row: Row, refusals: Refusals) -> int | None:
    """The client of a row; None, and a refusal that names the row, where it has no whole number."""
    value = row.get(ID)
    client = whole_number(value)
    if client is None:
        missing = value is None or value != value or (isinstance(value, str) and not value.strip())
        refusals.add("id_missing" if missing else "id_not_whole", position, ID)
    return client


def whole_number(value: object) -> int | None:
    """The exact whole number that a cell holds, or None; a float is exact below 2**53 only."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        head, dot, tail = text.partition(".")
        if not (head.isascii() and head.isdigit()) or (dot and tail.strip("0")):
            return None
        value = int(head) if len(head) <= 19 else None
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 2**53 else None
    return value if isinstance(value, int) and 0 <= value <= LARGEST_ID else None


def refuse_twice(ids: Sequence[int], refusals: Refusals) -> None:
    """Refuses every row whose id stands in another row too; −1 is a row without one."""
    if len(set(ids)) == len(ids):
        return
    places: dict[int, list[int]] = defaultdict(list)
    for index, client in enumerate(ids):
        if client >= 0:
            places[client].append(index + 1)
    for found in places.values():
        for position in found if len(found) > 1 else ():
            other = found[0] if position != found[0] else found[1]
            refusals.add("client_twice", position, ID, other_row=other)
