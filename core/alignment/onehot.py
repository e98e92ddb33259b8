"""The one-hot groups of a model: raw category or encoded members, complete or partly given, to all members.

All groups of all clients are worked on at once: members side by side, group after group, of shape
(n_clients, n_members), so that one client costs as few steps as a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from core.model.schema import Column
from core.records import Flags, Floats, Origins, ValueOrigin

# As plain numbers of the states' own type: NumPy takes far longer over members of an enumeration.
_GIVEN, _ASSUMED, _MISSING, _UNSEEN = (
    np.int8(state) for state in (ValueOrigin.GIVEN, ValueOrigin.ASSUMED, ValueOrigin.MISSING, ValueOrigin.UNSEEN)
)


class OneHotGroups:
    """One-hot groups by their source column; codes are positions in `categories`, −1 never seen, NaN missing."""

    def __init__(self, columns: Sequence[Column]) -> None:
        members: dict[str, list[int]] = {}
        for slot, column in enumerate(columns):
            if column.kind == "one_hot":
                members.setdefault(column.source, []).append(slot)
        sizes = [len(slots) for slots in members.values()]
        self.categories: dict[str, tuple[str, ...]] = {
            source: tuple(str(columns[slot].category) for slot in slots) for source, slots in members.items()
        }
        self._sources = tuple(members)
        self._slots = np.array([slot for slots in members.values() for slot in slots], dtype=np.intp)
        self._names = [columns[slot].name for slot in self._slots]
        self._group = np.repeat(np.arange(len(sizes)), sizes)
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        self._place = np.arange(len(self._slots)) - self._starts[self._group] if sizes else np.empty(0)
        complete = np.array([columns[slot].complete for slot in self._slots], dtype=bool)
        self._usual = np.where(complete, [columns[slot].fill for slot in self._slots], 0.0)
        self._if_nothing = np.where(complete, _ASSUMED, _MISSING)
        self._if_all_zero = np.where(complete, _UNSEEN, _MISSING)
        self._complete = complete[self._starts] if sizes else complete

    def conflicts(self, inputs: Floats, codes: Floats) -> Iterator[tuple[int, str, str]]:
        """(row index, encoded column, what it disagrees with) where a client is two things at once."""
        if not self._sources:
            return
        members, raw = inputs[:, self._slots], codes[:, self._group]
        ones = members == 1.0
        if (np.add.reduceat(ones, self._starts, axis=1, dtype=np.int64) > 1).any():
            yield from self._two_at_once(ones)
        wrong = ~np.isnan(members) & ~np.isnan(raw) & (ones != (self._place == raw))
        if wrong.any():
            yield from self._other_than_raw(wrong)

    def resolve(self, values: Floats, states: Origins, codes: Floats) -> None:
        """Fills all members in place.

        A raw category sets its member to 1 and the others to 0; a value never seen leaves all at 0. Where only
        some members were given the others are 0, but for one when none of the given is 1 and training had no
        missing value there. Where nothing was given: the most frequent category if training had no missing
        value, else all 0, which is what training saw. All members given as 0 is a category never seen, or a missing
        one where training had missing values.
        """
        if not self._sources:
            return
        members, raw = values[:, self._slots], codes[:, self._group]
        told, from_raw = ~np.isnan(members), ~np.isnan(raw)
        some_told = np.logical_or.reduceat(told, self._starts, axis=1)
        in_part = some_told[:, self._group]
        number = np.where(from_raw, self._place == raw, np.where(told, members, np.where(in_part, 0.0, self._usual)))
        state = np.where(
            from_raw,
            np.where(raw < 0, _UNSEEN, _GIVEN),
            np.where(told, _GIVEN, np.where(in_part, _ASSUMED, self._if_nothing)),
        )
        none = np.add.reduceat(number, self._starts, axis=1) == 0.0
        all_zero = np.logical_and.reduceat(told, self._starts, axis=1) & none & np.isnan(codes)
        state = np.where(all_zero[:, self._group], self._if_all_zero, state)
        undecided = some_told & none & np.isnan(codes) & ~all_zero & self._complete
        if undecided.any():
            self._decide(number, told, undecided)
        values[:, self._slots], states[:, self._slots] = number, state

    def _decide(self, number: Floats, told: Flags, undecided: Flags) -> None:
        """Groups with every given member 0 and others not given: the most frequent category if it may be it."""
        for client, group in np.argwhere(undecided).tolist():
            places = np.flatnonzero(self._group == group)
            likely = places[int(np.argmax(self._usual[places]))]
            if self._usual[likely] == 1.0 and not told[client, likely]:
                number[client, likely] = 1.0

    def _two_at_once(self, ones: Flags) -> Iterator[tuple[int, str, str]]:
        for client in range(len(ones)):
            for group in range(len(self._sources)):
                found = np.flatnonzero(ones[client] & (self._group == group)).tolist()
                if len(found) > 1:
                    yield client, self._names[found[1]], self._names[found[0]]

    def _other_than_raw(self, wrong: Flags) -> Iterator[tuple[int, str, str]]:
        told: set[tuple[int, int]] = set()
        for client, member in np.argwhere(wrong).tolist():
            group = int(self._group[member])
            if (client, group) not in told:
                told.add((client, group))
                yield client, self._names[member], self._sources[group]
