"""The commands `python -m core monitor` and `python -m core bundle set-threshold`."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from core.batch.score_file import ProgressMeter
from core.model.set_threshold import Changed, set_threshold
from core.monitoring.monitor_file import monitor_file
from core.readers.upload import ReadChoices
from core.scoring.assess import open_model
from core.settings import Settings

UNKNOWN = "unknown"


class MonitorOutput(str):
    """What `monitor` found; `code` is the exit code: 0 stable, 1 look, 3 act, 2 too few clients to say."""

    code: int


def add_monitor(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `monitor` to the commands of a parser."""
    monitors = commands.add_parser(
        "monitor",
        help="compare a file of clients with the training clients; exit code 0 stable, 1 look, 3 act, 2 unusable",
    )
    monitors.add_argument("clients", type=Path, metavar="FILE", help="as for score; with TARGET, its outcomes too")
    monitors.add_argument(
        "--decimal", choices=("auto", "point", "comma"), default="auto", help="the numbers' decimal sign"
    )
    monitors.add_argument("--sheet", default="", help="the sheet of a workbook, where several hold clients")
    monitors.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    monitors.set_defaults(
        run=_monitor, trusted=settings.trusted_digests, digest=settings.model_digest, review_band=settings.review_band
    )


def add_set_threshold(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `set-threshold` to the commands of a parser."""
    sets = commands.add_parser("set-threshold", help="write a new bundle with another threshold")
    sets.add_argument("value", type=float, metavar="VALUE", help="on P(default): above it a client is refused")
    sets.add_argument("--because", required=True, help="why, in a sentence; it is written into the bundle")
    sets.add_argument("--by", default=_user(), help="who; without it, the name of the user who is signed in here")
    sets.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    sets.add_argument("--out", type=Path, help="the new bundle's folder; without it, the folder of --model")
    sets.set_defaults(run=_set_threshold)


def _monitor(args: argparse.Namespace) -> MonitorOutput:
    model = open_model(args.model, args.trusted, args.digest)
    choices = ReadChoices(decimal=args.decimal, sheet=args.sheet)
    found = monitor_file(
        model, args.clients, review_band=args.review_band, on_progress=ProgressMeter(), choices=choices
    )
    output = MonitorOutput(found.words())
    output.code = found.code
    return output


def _set_threshold(args: argparse.Namespace) -> str:
    out = args.out or args.model
    return describe_changed(set_threshold(args.model, out, args.value, because=args.because, who=args.by), out)


def describe_changed(changed: Changed, out: Path) -> str:
    """The path written, both digests, the change, and what has to follow."""
    change = changed.change
    return (
        f"{out} (digest {changed.digest[:12]}, before {changed.digest_before[:12]})\n"
        f"threshold on P(default) {change.after:g}, before {change.before:g}; on the solvency scale "
        f"{1.0 - change.after:.4g}, before {1.0 - change.before:.4g}\n"
        f"{change.when}, {change.who}: {change.because}\n"
        "It answers once Aval is started again; where MODEL_DIR or MODEL_DIGEST is set, set it to the new one. "
        "Comparisons by recommendation keep the groups of the threshold at training."
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return UNKNOWN
