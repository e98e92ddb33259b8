"""The command line: `python -m core train | demo`. Functions do the work, the parser only connects."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import ScoringError
from core.settings import ROOT, Settings, read_settings
from core.training.demo import Demo, make_demo
from core.training.progress import Progress
from core.training.run import Trained, train

STOPPED = 130
REFUSED = 2
WORST_SHOWN = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it did its work, 2 when it was refused, 130 when it was stopped."""
    try:
        chosen = make_parser(read_settings()).parse_args(arguments)
        print(chosen.run(chosen))
    except ScoringError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Stopped; what was written before is untouched.", file=sys.stderr)
        return STOPPED
    return 0


def make_parser(settings: Settings) -> argparse.ArgumentParser:
    """The commands and their options; paths default to the settings'."""
    parser = argparse.ArgumentParser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    trains = commands.add_parser("train", help="train on labelled applications and write a model bundle")
    trains.add_argument("data", type=Path, help="folder with application_train (.csv, .csv.gz, .parquet), or that file")
    trains.add_argument("--out", type=Path, default=settings.model_folder, help="the bundle's folder")
    trains.set_defaults(run=_train)

    demo = commands.add_parser("demo", help="write a file of synthetic clients drawn from a bundle's statistics")
    demo.add_argument("--clients", type=_count, default=1000, help="how many")
    demo.add_argument("--seed", type=int, default=1, help="the same seed gives the same clients")
    demo.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    demo.add_argument("--out", type=Path, default=settings.clients_file, help="the file")
    demo.set_defaults(run=_demo)
    return parser


def describe_trained(trained: Trained, out: Path) -> str:
    """The path written, the policy, and the figures as a small table."""
    card = trained.card
    lines = [
        f"{out} (digest {trained.digest[:12]})",
        f"{card.trained_rows} clients, {100 * card.default_rate:.2f} % default; {card.trees} trees; "
        f"threshold on P(default) {trained.policy.threshold}",
        f"{'':12}{f'locked rows ({card.locked_rows})':>34}{'out of fold':>14}",
    ]
    lines += [
        f"{name:12}{figure.value:>14.4f} [{figure.low:.4f}, {figure.high:.4f}]{card.out_of_fold[name]:>14.4f}"
        for name, figure in card.figures.items()
    ]
    lines += [f"{name:24}{value:+.4f}" for name, value in card.worth.items()]
    return "\n".join(lines)


def describe_demo(demo: Demo, out: Path) -> str:
    """The path written, and how far its clients are from the population."""
    scores = demo.scores
    lines = [
        f"{out} ({demo.clients} synthetic clients)",
        f"{'solvency':24}{'demo':>10}{'population':>12}",
        f"{'mean':24}{scores.means[0]:>10.4f}{scores.means[1]:>12.4f}",
        *(
            f"{f'{100 * level:.0f} %':24}{here:>10.4f}{there:>12.4f}"
            for level, (here, there) in scores.quantiles.items()
        ),
        f"{'refused':24}{scores.refused[0]:>10.4f}{scores.refused[1]:>12.4f}",
        f"KS distance of the solvency: {scores.distance:.4f}; {demo.drawn.distance:.4f} before clients were chosen",
        "farthest columns: "
        + ", ".join(f"{each.column} ({each.kind} {each.distance:.3f})" for each in demo.marginals[:WORST_SHOWN]),
    ]
    return "\n".join(lines)


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and int(typed)):
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(typed)


def _from_project(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _train(chosen: argparse.Namespace) -> str:
    return describe_trained(train(chosen.data, chosen.out, Progress()), _from_project(chosen.out))


def _demo(chosen: argparse.Namespace) -> str:
    made = make_demo(chosen.model, chosen.out, clients=chosen.clients, seed=chosen.seed, progress=Progress())
    return describe_demo(made, _from_project(chosen.out))


if __name__ == "__main__":
    sys.exit(main())
