"""The command `python -m core monitor`."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from core.batch.score_file import ProgressMeter
from core.decisions.journal import open_journal
from core.monitoring.monitor_file import monitor_file
from core.readers.upload import ReadChoices
from core.scoring.assess import open_model
from core.settings import Settings


class MonitorOutput(str):
    """What `monitor` found; `code` is the exit code: 0 stable, 1 look, 3 act, 2 too few clients to say."""

    code: int


def add_monitor(commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: Settings) -> None:
    """Add `monitor` to the commands of a parser."""
    monitors = commands.add_parser(
        "monitor",
        help="compare a file of clients with the training clients; exit code 0 stable, 1 look, 3 act, 2 unusable",
    )
    monitors.add_argument(
        "clients",
        type=Path,
        metavar="FILE",
        help="as for score; with TARGET, its outcomes and what became of granted loans",
    )
    monitors.add_argument(
        "--decimal", choices=("auto", "point", "comma"), default="auto", help="the numbers' decimal sign"
    )
    monitors.add_argument("--sheet", default="", help="the sheet of a workbook, where several hold clients")
    monitors.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    monitors.set_defaults(run=_monitor, settings=settings)


def _monitor(args: argparse.Namespace) -> MonitorOutput:
    model = open_model(args.model, args.settings.trusted_digests, args.settings.model_digest)
    choices = ReadChoices(decimal=args.decimal, sheet=args.sheet)
    with closing(open_journal(args.settings)) as journal:
        found = monitor_file(
            model,
            args.clients,
            review_band=args.settings.review_band,
            journal=journal,
            on_progress=ProgressMeter(),
            choices=choices,
        )
    output = MonitorOutput(found.words())
    output.code = found.code
    return output
