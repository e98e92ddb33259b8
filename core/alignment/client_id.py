"""Which client a row is of: SK_ID_CURR, exact or refused, and never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.alignment.number_text import SPACED, WITHOUT_SPACES
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
    """The exact whole number that a cell holds, or None; a float is exact below 2**53 only.

    Text may have spaces between thousands, and nothing but zeros behind a decimal sign; "100.000" may be 100 or 100000,
    and is none.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _whole_text(value.strip())
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 2**53 else None
    return value if isinstance(value, int) and 0 <= value <= LARGEST_ID else None


def _whole_text(text: str) -> int | None:
    head, _, tail = text.partition("," if "," in text else ".")
    if tail and (tail.strip("0") or (len(tail) == 3 and len(head) <= 3 and head[:1] != "0")):
        return None
    if SPACED.fullmatch(head):
        head = head.translate(WITHOUT_SPACES)
    return int(head) if head.isascii() and head.isdigit() and len(head) <= 19 else None


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
