"""The command line, `python -m core …`: the parser, and one function per command."""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from core.batch.score_file import ProgressMeter, score_file
from core.cli import (
    describe_converted,
    describe_demo,
    describe_features,
    describe_tracked,
    describe_trained,
    describe_verified,
)
from core.decisions.commands import add_commands
from core.decisions.threshold_commands import add_set_threshold
from core.errors import InputRefused, JournalError, ScoringError
from core.i18n.translations import translate_problem
from core.model.bundle import load_correlations
from core.monitoring.commands import MonitorOutput, add_monitor
from core.progress_log import ProgressLog
from core.readers.upload import ReadChoices
from core.scoring.assess import open_model, verify_golden
from core.settings import ROOT, Settings, read_settings
from core.synthetic.constraints import KNOWN
from core.synthetic.demo import make_demo
from core.training.import_legacy import RUNS_CODE, convert
from core.training.pipeline import train
from core.training.search import SPACES

STOPPED = 130
READER_GONE = 141
REFUSED = 2
LEFT_OUT = 3


class PartialOutput(str):
    """The output of a command that left rows out; `code` is the exit code."""

    code = LEFT_OUT


class NothingScored(PartialOutput):
    """The output of a command that left every row out."""

    code = REFUSED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0: success. 2: refused. 3: some rows were left out. 130: interrupted. 141: the reader of the output closed it.
    `monitor` has codes of its own: 0 stable, 1 look, 3 act, 2 unusable.
    """
    try:
        return _run(arguments)
    except BrokenPipeError:
        # Python would try to write what is left once more at its end, and tell of it.
        for descriptor in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
        return READER_GONE


def _run(arguments: Sequence[str] | None) -> int:
    try:
        args = make_parser(read_settings()).parse_args(arguments)
        output = args.run(args)
        if output:
            print(output, file=sys.stderr if isinstance(output, NothingScored) else sys.stdout, flush=True)
        return output.code if isinstance(output, PartialOutput | MonitorOutput) else 0
    except InputRefused as error:
        print(*(translate_problem(problem, "en") for problem in error.problems), sep="\n", file=sys.stderr)
        return REFUSED
    except JournalError as error:
        print(translate_problem(error.problem, "en"), file=sys.stderr)
        return REFUSED
    except ScoringError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Stopped; what was written before is untouched.", file=sys.stderr)
        return STOPPED


def make_parser(settings: Settings) -> argparse.ArgumentParser:
    """The parser of all commands; paths default to those in the settings."""
    parser = argparse.ArgumentParser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    features = commands.add_parser("features", help="make one row of 795 columns per application of the seven tables")
    features.add_argument("data", type=Path, help="folder with the tables (.csv, .csv.gz, .parquet), by their names")
    features.add_argument("--out", type=Path, required=True, help="the Parquet file")
    features.set_defaults(run=_features)

    trains = commands.add_parser("train", help="train on labelled applications, write a bundle, record it in MLflow")
    trains.add_argument("data", type=Path, help="folder with application_train or all seven tables, or a features file")
    trains.add_argument("--out", type=Path, default=settings.model_folder, help="the bundle's folder")
    trains.add_argument("--model", choices=tuple(SPACES), default="lightgbm", help="what to train; logistic: baseline")
    trains.add_argument("--trials", type=_count, default=0, help="search better parameters in so many trials")
    trains.add_argument("--notes", type=_notes, help='sentences on the data for the card: JSON, {"en": […], "fr": […]}')
    trains.set_defaults(run=_train)

    demo = commands.add_parser("demo", help="write a file of synthetic clients drawn from a bundle's statistics")
    demo.add_argument("--clients", type=_count, default=1000, help="how many")
    demo.add_argument("--seed", type=int, default=1, help="the same seed gives the same clients")
    demo.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    demo.add_argument("--out", type=Path, default=settings.clients_file, help="the file")
    demo.add_argument(
        "--known",
        type=_count,
        nargs=len(KNOWN),
        metavar=tuple(name.upper() for name in KNOWN),
        help="proportions of clients with only an application, with the bureau too, with everything; "
        "without it histories are missing as in the training data",
    )
    demo.set_defaults(run=_demo, trusted=settings.trusted_digests)

    scores = commands.add_parser("score", help="score a file of any number of clients into another")
    scores.add_argument(
        "clients", metavar="INPUT", help="CSV, Excel, Parquet or JSON, also gzipped; raw or encoded columns"
    )
    scores.add_argument("--out", required=True, help="the file, .csv or .parquet; rejects go beside it")
    scores.add_argument("--reasons", action="store_true", help="with what raises and lowers each solvency most")
    scores.add_argument(
        "--decimal", choices=("auto", "point", "comma"), default="auto", help="the numbers' decimal sign"
    )
    scores.add_argument("--sheet", default="", help="the sheet of a workbook, where several hold clients")
    scores.add_argument("--model", type=Path, default=settings.model_folder, help="the bundle's folder")
    scores.add_argument("--engine", choices=("here", "dask"), default="here", help="dask: Parquet at any fsspec path")
    scores.add_argument("--cluster", default="2", help="dask: a scheduler's address, or how many workers to start here")
    scores.set_defaults(
        run=_score, trusted=settings.trusted_digests, digest=settings.model_digest, review_band=settings.review_band
    )

    add_monitor(commands, settings)

    key = commands.add_parser("key", help="make a key for the JSON routes, and the SHA-256 that API_KEYS wants")
    key.set_defaults(run=_key)

    bundle = commands.add_parser("bundle", help="make a bundle of the old API's files, or check one")
    bundle_commands = bundle.add_subparsers(required=True, metavar="command")

    converts = bundle_commands.add_parser("convert", help="the old API's model.pkl, columns.pkl, best_threshold")
    converts.add_argument("folder", type=Path, help="folder with the three files")
    converts.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    converts.add_argument("--trust", action="store_true", help="open the files, which runs the code in them")
    converts.set_defaults(run=_convert)

    verifies = bundle_commands.add_parser("verify", help="check a bundle's digests and its golden rows")
    verifies.add_argument("folder", type=Path, nargs="?", default=settings.model_folder, help="the bundle's folder")
    verifies.set_defaults(run=_verify, trusted=settings.trusted_digests)
    add_set_threshold(bundle_commands, settings)
    add_commands(commands, settings)
    return parser


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and int(typed)):
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(typed)


def _notes(typed: str) -> dict[str, tuple[str, ...]]:
    try:
        return msgspec.json.decode(Path(typed).read_bytes(), type=dict[str, tuple[str, ...]])
    except (OSError, msgspec.MsgspecError) as error:
        raise argparse.ArgumentTypeError(f"{typed} holds no lists of sentences by language ({error})") from None


def _from_project(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _features(args: argparse.Namespace) -> str:
    from core.features.build import build_features

    made = build_features(args.data, args.out, ProgressLog().line)
    return describe_features(made, _from_project(args.out))


def _train(args: argparse.Namespace) -> str:
    from core.training.tracking.mlflow_run import tracked

    with tracked(args.model) as run:
        trained = train(args.data, args.out, ProgressLog(), kind=args.model, trials=args.trials, notes=args.notes)
        print(describe_trained(trained, _from_project(args.out)), flush=True)
        return describe_tracked(run.record(trained, args.out))


def _demo(args: argparse.Namespace) -> str:
    made = make_demo(
        args.model,
        args.out,
        clients=args.clients,
        seed=args.seed,
        progress=ProgressLog(),
        trusted=args.trusted,
        known=dict(zip(KNOWN, args.known, strict=True)) if args.known else None,
    )
    return describe_demo(made, _from_project(args.out))


def _score(args: argparse.Namespace) -> str:
    model = open_model(args.model, args.trusted, args.digest)
    if args.engine == "dask":
        from core.batch.score_dask import job_for, score_on_dask

        band, reasons = args.review_band, args.reasons
        job = job_for(model, args.model, args.trusted, args.out, review_band=band, reasons=reasons)
        cluster = int(args.cluster) if args.cluster.isdigit() else args.cluster
        made = score_on_dask(
            job,
            args.clients,
            cluster=cluster,
            vocabulary=model.aligner.vocabulary,
            decimal=args.decimal,
            on_progress=ProgressMeter(),
        )
    else:
        path, out = Path(args.clients), Path(args.out)
        choices = ReadChoices(decimal=args.decimal, sheet=args.sheet)
        made = score_file(
            model, path, out, review_band=args.review_band, reasons=args.reasons, meter=ProgressMeter(), choices=choices
        )
    if made.n_refused == made.n_rows:
        return NothingScored(made.words())
    return PartialOutput(made.words()) if made.n_refused else made.words()


def _key(args: argparse.Namespace) -> str:
    key = secrets.token_urlsafe(32)
    return f"key, for the program that asks: {key}\nfor API_KEYS: {hashlib.sha256(key.encode()).hexdigest()}"


def _convert(args: argparse.Namespace) -> str:
    print(RUNS_CODE, file=sys.stderr)
    return describe_converted(convert(args.folder, args.out, trust=args.trust), _from_project(args.out))


def _verify(args: argparse.Namespace) -> str:
    model = open_model(args.folder, args.trusted)
    difference = verify_golden(model, args.folder.name)
    load_correlations(args.folder)
    return describe_verified(model, difference, _from_project(args.folder))


if __name__ == "__main__":
    sys.exit(main())
