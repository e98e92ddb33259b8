"""The commands `python -m core journal …`: each does its work and returns the lines to print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from core.alignment.client_id import whole_number
from core.decisions import reading
from core.decisions.backup import back_up, restore
from core.decisions.bundles import models_by_digest
from core.decisions.chain import GENESIS, Head, StoredEntry, Verified, fault_problem
from core.decisions.entry import Entry
from core.decisions.export import changes_to_csv, to_csv, to_json_lines
from core.decisions.journal import Journal, open_journal
from core.decisions.replay import Replayed, replay
from core.decisions.threshold_commands import add_record_threshold
from core.decisions.thresholds import threshold_changes
from core.errors import JournalError, Problem
from core.i18n.translations import LANGUAGES, translate_problem
from core.scoring.assess import open_model
from core.settings import Settings

NOT_CHECKED = "command line"
"""Who erased, where neither --who nor OFFICER says."""
DIFFERENCES = {
    "asked": "probability of default, loan asked for",
    "decided": "probability of default, loan decided",
    "threshold": "threshold",
    "recommendation": "recommendation",
    "reasons": "reasons",
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `journal` and its commands to a parser."""
    journal = commands.add_parser("journal", help="the record of decisions: check, export, erase, back up, replay")
    chosen = journal.add_subparsers(required=True, metavar="command")

    verifies = chosen.add_parser("verify", help="check every entry; names the first that is not as it was written")
    verifies.add_argument(
        "--head", type=_head, help="last entry as kept elsewhere, SEQUENCE:HASH; finds what was cut off"
    )
    verifies.set_defaults(run=_verify, settings=settings)

    exports = chosen.add_parser("export", help="write the decisions as CSV, or all entries as JSON lines")
    exports.add_argument("--out", type=Path, help="the file; without it standard output")
    exports.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="jsonl: every byte, to be checked")
    exports.add_argument(
        "--of", choices=("decisions", "thresholds"), default="decisions", help="what the CSV file lists"
    )
    exports.add_argument("--language", choices=LANGUAGES, default="en", help="of the CSV file")
    exports.set_defaults(run=_export, settings=settings)

    erases = chosen.add_parser("erase", help="erase what names a client; the chain still verifies")
    erases.add_argument("client", help="the client's SK_ID_CURR")
    purges = chosen.add_parser("purge", help="erase what names clients in old entries; the chain still verifies")
    purges.add_argument("--older-than", type=_days, required=True, metavar="DAYS", help="age of the entries")
    for each, run in ((erases, _erase), (purges, _purge)):
        each.add_argument("--who", default=settings.officer or NOT_CHECKED, help="who erases; stands in the journal")
        each.set_defaults(run=run, settings=settings)

    backs_up = chosen.add_parser("backup", help="copy journal and bundles into a new folder, which is like DATA_DIR")
    backs_up.add_argument("out", type=Path, help="the folder")
    backs_up.set_defaults(run=_backup, settings=settings)
    restores = chosen.add_parser("restore", help="copy a backup into a journal that is empty")
    restores.add_argument("folder", type=Path, help="the backup's folder")
    restores.set_defaults(run=_restore, settings=settings)

    replays = chosen.add_parser("replay", help="score the stored input again, and say whether the answer is the same")
    replays.add_argument("entries", type=int, nargs="*", metavar="SEQUENCE", help="which entries; all without any")
    replays.add_argument("--model", type=Path, help="another bundle to answer, to see what differs")
    replays.set_defaults(run=_replay, settings=settings)
    add_record_threshold(chosen, settings)


def describe_verified(found: Verified) -> str:
    """What a check found, in one or two lines. Raises JournalError that names the first fault."""
    if found.fault is not None:
        raise JournalError(fault_problem(found.fault))
    lines = [f"{found.entries} entries, every one as it was written; {found.erased} of them erased"]
    if found.entries:
        lines.append(f"head, to be kept elsewhere: {found.head}")
    return "\n".join(lines)


def describe_replayed(entry: Entry, found: Replayed) -> str:
    """Whether an entry's answer is the same now, and what differs."""
    name = f"entry {entry.body.sequence}"
    if found.equal:
        return f"{name}: the same to the last bit (solvency {found.now.solvency!r}, {found.now.recommendation})"
    lines = [f"{name}: not the same with bundle {found.bundle}"]
    lines += [
        f"  {DIFFERENCES[each.name]}: {_told(each.then)} then, {_told(each.now)} now" for each in found.differences
    ]
    return "\n".join(lines)


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{source} {points:+.3f}" for source, points in value)
    return str(value)


def _verify(chosen: argparse.Namespace) -> str:
    with closing(open_journal(chosen.settings)) as journal:
        return describe_verified(journal.verify(chosen.head))


def _export(chosen: argparse.Namespace) -> str:
    with closing(open_journal(chosen.settings)) as journal, journal.database.reading() as connection:
        written: Iterable[StoredEntry] = () if connection is None else reading.stored(connection)
        decisions: Iterable[Entry] = () if connection is None else reading.decisions_in_order(connection)
        if chosen.format == "jsonl":
            lines = to_json_lines(written)
        elif chosen.of == "thresholds":
            lines = changes_to_csv(reversed(threshold_changes(journal)), chosen.language)
        else:
            lines = to_csv(decisions, chosen.language)
        if chosen.out is None:
            sys.stdout.writelines(lines)
            return ""
        with chosen.out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        return str(chosen.out)


def _erase(chosen: argparse.Namespace) -> str:
    client = whole_number(chosen.client)
    with closing(open_journal(chosen.settings)) as journal:
        n = 0 if client is None else journal.erase(str(client), who=chosen.who)
    return f"{n} entries erased: client, input, words and loan are gone, and backups and exports made before hold them"


def _purge(chosen: argparse.Namespace) -> str:
    with closing(open_journal(chosen.settings)) as journal:
        n = journal.purge(timedelta(days=chosen.older_than), who=chosen.who)
    return f"{n} entries older than {chosen.older_than} days erased: client, input, words and loan are gone"


def _backup(chosen: argparse.Namespace) -> str:
    with closing(open_journal(chosen.settings)) as journal:
        found = back_up(journal, chosen.settings.data_folder, chosen.out)
    return f"{chosen.out}: {describe_verified(found)}"


def _restore(chosen: argparse.Namespace) -> str:
    with closing(open_journal(chosen.settings)) as journal:
        return describe_verified(restore(journal, chosen.settings.data_folder, chosen.folder))


def _replay(chosen: argparse.Namespace) -> str:
    settings: Settings = chosen.settings
    models = models_by_digest(settings.model_folder, settings.data_folder, settings.trusted_digests)
    other = open_model(chosen.model, settings.trusted_digests) if chosen.model else None
    lines, same, n = [], 0, 0
    with closing(open_journal(settings)) as journal:
        for entry in _wanted(journal, chosen.entries):
            n += 1
            try:
                found = replay(entry, models, model=other)
            except JournalError as error:
                lines.append(translate_problem(error.problem, "en"))
                continue
            same += found.equal
            if chosen.entries or not found.equal:
                lines.append(describe_replayed(entry, found))
    return "\n".join([*lines, f"{same} of {n} entries get the same answer"])


def _wanted(journal: Journal, sequences: Sequence[int]) -> Iterable[Entry]:
    for sequence in sequences:
        entry = journal.entry(sequence)
        if entry is None:
            raise JournalError(Problem("journal_no_entry", facts={"entry": sequence}))
        yield entry
    if not sequences:
        with journal.database.reading() as connection:
            if connection is not None:
                yield from reading.decisions_in_order(connection)


def _head(typed: str) -> Head:
    sequence, _, digest = typed.partition(":")
    hexadecimal = all(sign in "0123456789abcdef" for sign in digest)
    if not (sequence.isascii() and sequence.isdigit() and 8 <= len(digest) <= len(GENESIS) and hexadecimal):
        raise argparse.ArgumentTypeError("must be SEQUENCE:HASH, as `journal verify` prints it")
    return Head(int(sequence), digest)


def _days(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= 36_500):
        raise argparse.ArgumentTypeError("must be a whole number of days from 1 to 36500")
    return int(typed)
