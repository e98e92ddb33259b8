"""The one-hot groups of a model: raw category or encoded members, complete or partly given, to all members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.bundle import Column
from core.records import Floats, State, States


class Groups:
    """One-hot groups by their source column; codes are positions in `categories`, −1 never seen, NaN missing."""

    def __init__(self, columns: Sequence[Column]) -> None:
        members: dict[str, list[int]] = {}
        for slot, column in enumerate(columns):
            if column.kind == "one_hot":
                members.setdefault(column.source, []).append(slot)
        self._columns = tuple(columns)
        self._members = {source: np.array(slots) for source, slots in members.items()}
        self._complete = {source: columns[slots[0]].complete for source, slots in members.items()}
        self._fill = {source: np.array([columns[slot].fill for slot in slots]) for source, slots in members.items()}
        self.categories: dict[str, tuple[str, ...]] = {
            source: tuple(str(columns[slot].category) for slot in slots) for source, slots in members.items()
        }

    def conflicts(self, inputs: Floats, codes: Floats) -> Iterator[tuple[int, str, str]]:
        """(row index, encoded column, what it disagrees with) where a client is two things at once."""
        for position, (source, slots) in enumerate(self._members.items()):
            members = inputs[:, slots]
            raw = codes[:, position]
            ones = members == 1.0
            for index in np.flatnonzero(ones.sum(axis=1) > 1).tolist():
                first, second = np.flatnonzero(ones[index]).tolist()[:2]
                yield index, self._name(slots, second), self._name(slots, first)
            expected = np.arange(len(slots)) == raw[:, None]
            wrong = ~np.isnan(members) & ~np.isnan(raw)[:, None] & (ones != expected)
            for index in np.flatnonzero(wrong.any(axis=1)).tolist():
                yield index, self._name(slots, int(np.argmax(wrong[index]))), source

    def resolve(self, values: Floats, states: States, codes: Floats) -> None:
        """Fills all members in place.

        A raw category sets its member to 1 and the others to 0; a value never seen leaves all at 0. Where only
        some members were given the others are 0, but for one when none of the given is 1 and training had no
        missing value there. Where nothing was given: the most frequent category if training had no missing
        value, else all 0, which is what training saw.
        """
        for position, (source, slots) in enumerate(self._members.items()):
            raw = codes[:, position]
            members = values[:, slots]
            told = ~np.isnan(members)
            state = states[:, slots]
            from_raw = ~np.isnan(raw)
            members[from_raw] = np.arange(len(slots)) == raw[from_raw, None]
            state[from_raw] = np.where(raw[from_raw, None] < 0, State.UNSEEN, State.GIVEN)

            encoded = ~from_raw & told.any(axis=1)
            undecided = encoded & (np.nan_to_num(members) == 0.0).all(axis=1)
            partly = encoded[:, None] & ~told
            members[partly] = 0.0
            state[partly] = State.ASSUMED
            nothing = ~from_raw & ~told.any(axis=1)
            if self._complete[source]:
                members[nothing] = self._fill[source]
                state[nothing] = State.ASSUMED
                self._decide(members, state, told, undecided, self._fill[source])
            else:
                members[nothing] = 0.0
            values[:, slots] = members
            states[:, slots] = state

    def _decide(
        self,
        members: Floats,
        state: States,
        told: NDArray[np.bool_],
        undecided: NDArray[np.bool_],
        fill: Floats,
    ) -> None:
        """Clients with every given member 0: the most frequent category if it may be it, else never seen."""
        likely = int(np.argmax(fill))
        for index in np.flatnonzero(undecided):
            if fill[likely] == 1.0 and not told[index, likely]:
                members[index, likely] = 1.0
            elif told[index].all():
                state[index] = State.UNSEEN

    def _name(self, slots: NDArray[np.int_], which: int) -> str:
        return self._columns[int(slots[which])].name
