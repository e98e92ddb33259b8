"""The commands `python -m core bundle set-threshold` and `python -m core journal record-threshold`."""

from __future__ import annotations

import argparse
import getpass
from contextlib import closing
from pathlib import Path

from core.decisions.database import JOURNAL_FILE
from core.decisions.draft import MAX_NAME, is_writable, name_problems
from core.decisions.journal import open_journal
from core.decisions.thresholds import ThresholdEntry, record_missing, record_threshold
from core.errors import SettingError
from core.model.bundle_files import Publish
from core.model.set_threshold import Changed, changes_of, set_threshold
from core.settings import Settings

UNKNOWN = "unknown"
NO_JOURNAL = (
    "There is no journal here, so no entry was written: `python -m core journal record-threshold` writes it where Aval "
    "keeps its journal, once this bundle is there."
)


def add_set_threshold(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `set-threshold` to the commands of a parser."""
    sets = commands.add_parser(
        "set-threshold", help="write a new bundle with another threshold, and an entry in the journal if there is one"
    )
    sets.add_argument("value", type=float, metavar="VALUE", help="on P(default): above it a client is refused")
    sets.add_argument("--because", required=True, help="why, in a sentence; it stays in the bundle and the journal")
    sets.add_argument("--by", default=_user(), help="who; without it, the name of the user who is signed in here")
    sets.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    sets.add_argument("--out", type=Path, help="the new bundle's folder; without it, the folder of --model")
    sets.set_defaults(run=_set_threshold, settings=settings)


def add_record_threshold(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `record-threshold` to the commands of a parser."""
    records = commands.add_parser(
        "record-threshold", help="write the changes of threshold that the bundle tells of and the journal lacks"
    )
    records.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    records.set_defaults(run=_record, settings=settings)


def describe_changed(changed: Changed, out: Path, entry: ThresholdEntry | None) -> str:
    """The path written, both digests, the change, its entry, and what has to follow."""
    change = changed.change
    recorded = NO_JOURNAL if entry is None else f"in the journal as entry {entry.head}"
    return (
        f"{out} (digest {changed.digest[:12]}, before {changed.digest_before[:12]})\n"
        f"threshold on P(default) {change.after:g}, before {change.before:g}; on the solvency scale "
        f"{1.0 - change.after:.4g}, before {1.0 - change.before:.4g}\n"
        f"{change.when}, {change.who}: {change.because}\n"
        f"{recorded}\n"
        "It answers once Aval is started again; where MODEL_DIR or MODEL_DIGEST is set, set it to the new one. "
        "Comparisons by recommendation keep the groups of the threshold at training."
    )


def _set_threshold(args: argparse.Namespace) -> str:
    out, settings = args.out or args.model, args.settings
    if any(name_problems(args.by)):
        raise SettingError("--by", f"must be a name of at most {MAX_NAME} characters, in one line")
    if not is_writable(args.because):
        raise SettingError("--because", "must hold only characters that a person can read")
    # Without a database named, the first decision makes the journal; a change of threshold makes none.
    if not settings.database_url and not (settings.data_folder / JOURNAL_FILE).exists():
        changed = set_threshold(args.model, out, args.value, because=args.because, who=args.by)
        return describe_changed(changed, out, None)
    written: list[ThresholdEntry] = []
    with closing(open_journal(settings)) as journal:

        def record(changed: Changed, publish: Publish) -> None:
            written.append(record_threshold(journal, changed, review_band=settings.review_band, publish=publish))

        changed = set_threshold(args.model, out, args.value, because=args.because, who=args.by, record=record)
    return describe_changed(changed, out, written[0])


def _record(args: argparse.Namespace) -> str:
    settings = args.settings
    changes = changes_of(args.model)
    with closing(open_journal(settings)) as journal:
        written = record_missing(journal, changes, review_band=settings.review_band) if changes else ()
    lines = [
        f"entry {each.head}: threshold on P(default) {each.body.threshold:g}, before {each.body.threshold_before:g}; "
        f"{each.body.changed_at}, {each.body.who}: {each.body.because}"
        for each in written
    ]
    return "\n".join([*lines, f"{len(written)} of the bundle's {len(changes)} changes of threshold written"])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return UNKNOWN
