"""Counts, per column, what alignment did to the clients of a file: the same notes that the API returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.alignment.own_columns import split_left_out, without_ours
from core.batch.results import Places
from core.dictionary.lookup import name_as_sent
from core.i18n.translations import Language, translate
from core.model.bundle import Bundle
from core.records import Assessments, Flags, ValueOrigin
from core.scoring.assess import outside_seen

MAX_NAMES = 12
COUNTED = ("never_seen", "impossible", "assumed", "derived", "outside")
"""The kinds of notes that are counted by column, in the order of their sentences."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What alignment did to some clients.

    ignored: names of columns that the model does not know, in file order. left_out: columns of the data set that were
    sent and that the model excludes on purpose. missing_markers: number of cells such as NA that were read as missing.
    The other attributes count clients by source column: whose category the model has never seen, whose value cannot be
    right, was assumed, was derived, or lies outside the range of the training data.
    """

    ignored: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    never_seen: Mapping[str, int] = field(default_factory=dict)
    impossible: Mapping[str, int] = field(default_factory=dict)
    assumed: Mapping[str, int] = field(default_factory=dict)
    derived: Mapping[str, int] = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)
    missing_markers: int = 0


def notes_of(bundle: Bundle, assessments: Assessments, kept: Places) -> Notes:
    """The notes on the assessed clients at these positions."""
    aligned = assessments.aligned
    states, values, here = aligned.states, aligned.values, set(kept.tolist())
    if len(here) < len(states):
        states, values = states[kept], values[kept]
    wrong: Counter[str] = Counter()
    for index, each in aligned.impossible.items():
        if index in here:
            wrong.update({column for one in each for column in one.columns})
    left_out, ignored = split_left_out(without_ours(aligned.unknown), bundle.card.left_out)
    return Notes(
        ignored=ignored,
        left_out=left_out,
        never_seen=_by_source(bundle, states == ValueOrigin.UNSEEN),
        impossible=wrong,
        assumed=_by_source(bundle, states == ValueOrigin.ASSUMED),
        derived=_by_source(bundle, states == ValueOrigin.DERIVED),
        outside=_by_source(bundle, outside_seen(values, states, bundle)),
        missing_markers=aligned.missing_markers,
    )


def merge_notes(parts: Iterable[Notes]) -> Notes:
    """Add up the notes of several parts of a file."""
    parts = list(parts)
    ignored = tuple(dict.fromkeys(name for part in parts for name in part.ignored))
    left_out = tuple(dict.fromkeys(name for part in parts for name in part.left_out))
    counts = {key: sum((Counter(getattr(part, key)) for part in parts), Counter()) for key in COUNTED}
    return Notes(ignored, left_out, **counts, missing_markers=sum(part.missing_markers for part in parts))


def notes_in_words(notes: Notes, language: Language, name_of: Callable[[str], str] = str) -> dict[str, str]:
    """One sentence per kind of note, by kind. name_of: returns what a column is called in the sentence."""
    told = {}
    if notes.ignored:
        names = _listed([name_as_sent(name, language) for name in notes.ignored], language)
        told["ignored"] = translate("notes.ignored", language, n=len(notes.ignored), names=names)
    if notes.left_out:
        names = _listed([name_of(name) for name in notes.left_out], language)
        told["left_out"] = translate("report.left_out", language, names=names)
    for key in COUNTED:
        counts: Mapping[str, int] = getattr(notes, key)
        if counts:
            most = sorted(counts.items(), key=lambda each: -each[1])
            columns = [translate("notes.column", language, column=name_of(name), n=n) for name, n in most]
            told[key] = translate(f"notes.{key}", language, names=_listed(columns, language))
    if notes.missing_markers:
        told["markers"] = translate("read.markers", language, n=notes.missing_markers)
    return told


def _listed(names: Sequence[str], language: Language) -> str:
    shown = ", ".join(names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    return shown if more <= 0 else translate("notes.more", language, names=shown, n=more)


def _by_source(bundle: Bundle, marked: Flags) -> dict[str, int]:
    """Number of clients with a mark in any column of a source, by source. marked: of shape (n_clients, n_columns)."""
    columns: Flags = np.any(marked, axis=0)
    found = {}
    for source, slots in bundle.slots.items() if columns.any() else ():
        places = list(slots)
        if columns[places].any():
            found[source] = int(np.any(marked[:, places], axis=1).sum())
    return found
