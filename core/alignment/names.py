"""Column names of a file matched to the names that a model reads, where only case or invisible signs differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.alignment.client_id import ID

INVISIBLE = str.maketrans({"\ufeff": "", "\u200b": "", "\u00a0": " ", "\u202f": " ", "\t": " "})
"""A byte-order mark, a space without width, and the spaces that look like one."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a model reads.

    Attributes
    ----------
    names : frozenset of str
        All of them, raw and encoded, the client's id among them.
    numbers : frozenset of str
        Those whose cells are numbers, flags or codes; the others are categories.
    """

    names: frozenset[str]
    numbers: frozenset[str]


def match_names(names: Sequence[str], wanted: Collection[str]) -> dict[str, str]:
    """The names of a file that mean one of the wanted names, though they are written otherwise.

    Case, surrounding spaces, byte-order marks and no-break spaces do not count. A name is left out where two columns of
    the file, or two wanted names, would be the same.

    Parameters
    ----------
    names : sequence of str
        The columns of the file.
    wanted : collection of str
        The exact names to find.

    Returns
    -------
    dict of str to str
        Name in the file → wanted name; without those that are exact already.
    """
    exact = set(wanted)
    if exact.issuperset(names):
        return {}
    plain_wanted = Counter(map(plain_name, exact))
    meant = {plain_name(name): name for name in exact if plain_wanted[plain_name(name)] == 1}
    in_file = Counter(map(plain_name, names))
    return {
        name: meant[plain_name(name)]
        for name in names
        if name not in exact and in_file[plain_name(name)] == 1 and plain_name(name) in meant
    }


def plain_name(name: str) -> str:
    """A name without what does not count: case, surrounding spaces and invisible signs."""
    return name.translate(INVISIBLE).strip().casefold()


def with_exact_id(names: Sequence[str]) -> list[str]:
    """The same names, that of the client's id exact where one column can be nothing else."""
    renamed = match_names(names, {ID})
    return [renamed.get(name, name) for name in names]
