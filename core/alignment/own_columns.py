"""Columns that are ours and not the data set's: a result that is opened again holds them, and no one sent them.

In a file that Aval wrote, they are not listed as ignored. Like every column that the model does not know, they are
not read.
"""

from __future__ import annotations

from collections.abc import Sequence

IN_WORDS = "_in_words"
MAX_REASONS = 3
OURS = (
    *("solvency", "threshold", "solvency_line", "verdict", "review_reasons", "impossible", "information", "amount"),
    *("raises", "lowers", "bundle"),
)
"""What our columns mean, by name; `raises` and `lowers` are numbered."""
WHY = "problems"
"""What is wrong with a row that was refused."""

_RANKED = tuple(f"{name}_{rank}" for name in ("raises", "lowers") for rank in range(1, MAX_REASONS + 1))
_IN_WORDS = tuple(f"{name}{IN_WORDS}" for name in ("verdict", "review_reasons", *_RANKED))
_ALL = frozenset({*OURS, *_RANKED, *_IN_WORDS, WHY})
_MARKS = frozenset({"solvency", "solvency_line", "verdict", "bundle"})


def without_ours(names: Sequence[str]) -> tuple[str, ...]:
    """Names that were sent and that the model does not know, without ours where the file is one of our results.

    The column of problems is ours in any file: that of the rows to mend has no other mark.
    """
    ours = _ALL if _MARKS.issubset(names) else {WHY}
    return tuple(name for name in names if name not in ours)


def split_left_out(unknown: Sequence[str], left_out: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell what a model excludes on purpose from what it does not know.

    Parameters
    ----------
    unknown: names that were sent and that the model does not use. left_out: columns that it excludes on purpose.

    Returns
    -------
    The columns excluded on purpose that were sent, raw or encoded, and all other names.
    """
    forms = {each: {name for name in unknown if name == each or name.startswith(f"{each}_")} for each in left_out}
    purposely = {name for names in forms.values() for name in names}
    return tuple(each for each in left_out if forms[each]), tuple(name for name in unknown if name not in purposely)
