"""From a folder of data to a written bundle: the one place that joins the steps of training."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.alignment import Aligner
from core.assessment import Model, assess
from core.bundle import bundle_of, write_bundle
from core.contents import Card, Contents, Golden, Policy, Provenance
from core.settings import ROOT
from core.training.applications import Applications, read_applications, require_enough
from core.training.evaluation import Evaluation, evaluate
from core.training.fitting import fit, importance, portable_text
from core.training.population import describe_population
from core.training.progress import Progress
from core.training.schema import LEFT_OUT, encode, finished_columns
from core.training.synthetic import make_generator, rows_of

NAME = "LightGBM on the application"
DATA = "home_credit_default_risk"
MISSING_TABLES = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "credit_card_balance",
    "installments_payments",
)
LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy")
GOLDEN_ROWS = 10
GOLDEN_SEED = 7
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run gives back: the bundle's digest, the policy and the card."""

    digest: str
    policy: Policy
    card: Card


def train(data: Path, out: Path, progress: Progress) -> Trained:
    """Trains on the application table in `data` and writes the bundle into the folder `out`.

    The same data gives the same bundle, whatever the order of its rows; only the provenance differs. What is
    measured, is measured on a model that has not seen the locked fifth of the clients; the model that ships is
    then fitted on all of them. Raises TrainingRefused; nothing in `out` is touched before the last step.
    """
    with progress("reading the applications"):
        applications = read_applications(data)
        require_enough(applications)
    with progress("encoding them with the aligner that serves"):
        matrix = encode(applications)
    found = evaluate(applications, matrix, progress)
    values = matrix.values[:, matrix.ships]
    with progress("fitting on all rows"):
        shipped = fit(values, applications.defaults, matrix.names(matrix.ships), trees=found.trees)
    with progress("weighing the columns"):
        weights = importance(shipped, values)
    with progress("describing the population"):
        population = describe_population(
            applications,
            matrix.columns,
            matrix.values,
            found.probability,
            threshold=found.policy.threshold,
        )
    contents = Contents(
        model=portable_text(shipped),
        columns=finished_columns(matrix, applications.table, weights),
        policy=found.policy,
        population=population,
        card=make_card(applications, found),
        golden=(),
        provenance=provenance(),
    )
    with progress("drawing and scoring the golden clients"):
        contents = with_golden(contents)
    with progress("writing the bundle"):
        digest = write_bundle(contents, out)
    return Trained(digest, found.policy, contents.card)


def make_card(applications: Applications, found: Evaluation) -> Card:
    """The model's card."""
    return Card(
        name=NAME,
        data=DATA,
        data_fingerprint=applications.fingerprint,
        trained_rows=len(applications),
        locked_rows=int(applications.locked.sum()),
        default_rate=float(applications.defaults.mean()),
        trees=found.trees,
        figures=found.figures,
        out_of_fold=found.out_of_fold,
        left_out=LEFT_OUT,
        worth=found.worth,
        versions={
            "python": platform.python_version(),
            **{library: importlib.metadata.version(library) for library in LIBRARIES},
        },
        missing_tables=MISSING_TABLES,
    )


def with_golden(contents: Contents) -> Contents:
    """The same contents with ten synthetic clients and the P(default) that serving gives them."""
    rows = rows_of(make_generator(contents.population).draw(GOLDEN_ROWS, GOLDEN_SEED))
    scored = assess(as_model(contents), rows, review_band=0.0)
    pairs = zip(rows, scored.probability.tolist(), strict=True)
    golden: Contents = msgspec.structs.replace(contents, golden=tuple(Golden(row, risk) for row, risk in pairs))
    return golden


def as_model(contents: Contents) -> Model:
    """The model that these contents will be once written, without the detour by the disk."""
    bundle = bundle_of(contents)
    return Model(bundle=bundle, aligner=Aligner(bundle.columns))


def provenance() -> Provenance:
    """Today's date (UTC), and the short commit of this code, "unknown" outside git."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    try:
        answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=10)
        commit = answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        commit = UNKNOWN
    return Provenance(date=datetime.now(UTC).strftime("%Y-%m-%d"), commit=commit)
