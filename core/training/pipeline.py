"""The training pipeline, from a folder of data to a written bundle."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pandas as pd

from core.alignment.aligner import Aligner
from core.alignment.client_id import ID
from core.model.bundle import bundle_of, write_bundle
from core.model.schema import BundleSpec, Card, Golden, Policy, Provenance
from core.progress_log import ProgressLog
from core.scoring.assess import Model, assess
from core.settings import ROOT
from core.synthetic.generator import FIRST_ID, make_generator, rows_of
from core.training.applications import Applications, require_enough
from core.training.columns import LEFT_OUT, Matrix, encode, finished_columns, histories_known
from core.training.effects import with_effects
from core.training.evaluation import (
    STEP_CONSTRAINTS,
    STEP_FOLDS,
    STEP_LOCKED,
    STEP_OTHERS,
    STEP_THRESHOLD,
    STEP_WORTH,
    Evaluation,
    evaluate,
)
from core.training.outcomes import describe_outcomes
from core.training.population_stats import describe_population
from core.training.sources import HISTORY_TABLES, missing_tables, read_labelled

DATA = "home_credit_default_risk"
LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy")
GOLDEN_ROWS = 10
GOLDEN_SEED = 7
GOLDEN_KINDS: Mapping[str | None, int] = {"application": 3, "bureau": 3, "everything": 4}
STEP_FIT = "fitting on all rows"
STEP_WEIGHTS = "weighing the columns"
STEP_POPULATION = "describing the population"
STEP_OUTCOMES = "counting outcomes by score and group"
STEP_EFFECTS = "asking what each column does to the clients"
STEP_GOLDEN = "drawing and scoring the golden clients"
STEP_WRITE = "writing the bundle"
MEASURED_CELLS = 81_449 * 718
MEASURED_SECONDS: Mapping[str, float] = {
    STEP_CONSTRAINTS: 100.0,
    STEP_FOLDS: 45.0,
    STEP_LOCKED: 25.0,
    STEP_THRESHOLD: 3.0,
    STEP_WORTH: 100.0,
    STEP_OTHERS: 90.0,
    STEP_FIT: 22.0,
    STEP_WEIGHTS: 25.0,
    STEP_POPULATION: 20.0,
    STEP_OUTCOMES: 30.0,
    STEP_EFFECTS: 25.0,
    STEP_GOLDEN: 5.0,
    STEP_WRITE: 1.0,
}
"""The steps after encoding and their seconds, measured on MEASURED_CELLS cells."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trained:
    """The result of a training run: the bundle's digest and contents, the applications, and the evaluation."""

    digest: str
    contents: BundleSpec
    applications: Applications
    evaluation: Evaluation

    @property
    def policy(self) -> Policy:
        """The threshold and the calibration."""
        return self.contents.policy

    @property
    def card(self) -> Card:
        """The model card."""
        return self.contents.card

    @property
    def model_digest(self) -> str:
        """SHA-256 (hex) of the estimator's file."""
        model = self.contents.model
        return hashlib.sha256(model.encode() if isinstance(model, str) else model).hexdigest()


def train(
    data: Path,
    out: Path,
    progress: ProgressLog,
    *,
    kind: str = "lightgbm",
    trials: int = 0,
    notes: Mapping[str, tuple[str, ...]] | None = None,
) -> Trained:
    """Train on labelled clients and write the bundle; only its last step changes the folder `out`.

    The same data, in any order of rows, gives the same bundle except for the provenance. The figures are measured on
    the locked fifth of the clients with a model that has not seen them; the shipped model is fitted on all clients.

    Parameters
    ----------
    data: a folder or file that `core.training.sources` can read.
    out: the bundle's folder.
    progress: the progress log.
    kind: "lightgbm", or "logistic" for the baseline, which gives a bundle of the kind joblib.
    trials: number of trials of the parameter search; 0 for none.
    notes: by language, sentences on the data for the card.

    Raises
    ------
    TrainingRefused, TableRefused: the data cannot be trained on.
    """
    applications = read_labelled(data, progress)
    require_enough(applications)
    with progress("encoding them with the aligner that serves"):
        matrix = encode(applications)
    progress.expect(expected_seconds(matrix, kind, trials))
    evaluation = evaluate(applications, matrix, progress, kind=kind, trials=trials)
    values = matrix.values[:, matrix.ships]
    with progress(STEP_FIT):
        shipped = evaluation.factory.learn(values, applications.defaults, matrix.names(matrix.ships), evaluation.trees)
    with progress(STEP_WEIGHTS):
        weights = shipped.weights(values)
    with progress(STEP_POPULATION):
        population, correlations = describe_population(
            applications,
            matrix.columns,
            matrix.values,
            evaluation.probability,
            threshold=evaluation.policy.threshold,
        )
    with progress(STEP_OUTCOMES):
        monitoring = describe_outcomes(
            applications,
            [column for column, ships in zip(matrix.columns, matrix.ships, strict=True) if ships],
            values,
            evaluation.probability,
            evaluation.locked,
            threshold=evaluation.policy.threshold,
        )
    contents = BundleSpec(
        model=shipped.content(),
        columns=finished_columns(matrix, applications.table, weights),
        policy=evaluation.policy,
        population=population,
        card=make_card(applications, matrix, evaluation, notes or {}),
        golden=(),
        provenance=provenance(),
        synthetic=correlations,
        monitoring=monitoring,
    )
    with progress(STEP_EFFECTS):
        contents = with_effects(contents, values)
    with progress(STEP_GOLDEN):
        contents = with_golden(contents)
    with progress(STEP_WRITE):
        digest = write_bundle(contents, out)
    return Trained(digest, contents, applications, evaluation)


def expected_seconds(matrix: Matrix, kind: str, trials: int) -> dict[str, float]:
    """The expected seconds of each step: MEASURED_SECONDS, of two idle cores, in proportion to the matrix's cells.

    Empty for the baseline and with a search, for which there are no measurements.
    """
    if kind != "lightgbm" or trials:
        return {}
    share = matrix.values.size / MEASURED_CELLS
    return {step: share * seconds for step, seconds in MEASURED_SECONDS.items()}


def make_card(
    applications: Applications, matrix: Matrix, evaluation: Evaluation, notes: Mapping[str, tuple[str, ...]]
) -> Card:
    """The model card."""
    absent = missing_tables(matrix.names(matrix.ships))
    histories = "" if len(absent) == len(HISTORY_TABLES) else " and histories"
    return Card(
        name=f"{evaluation.factory.title} on the application{histories}",
        data=DATA,
        data_fingerprint=applications.fingerprint,
        trained_rows=len(applications),
        locked_rows=int(applications.locked.sum()),
        default_rate=float(applications.defaults.mean()),
        trees=evaluation.trees,
        figures=evaluation.figures,
        out_of_fold=evaluation.out_of_fold,
        left_out=LEFT_OUT,
        worth=evaluation.worth,
        versions={
            "python": platform.python_version(),
            **{library: importlib.metadata.version(library) for library in LIBRARIES},
        },
        missing_tables=absent,
        threshold=evaluation.threshold,
        parameters=dict(evaluation.factory.parameters),
        constraints=dict(evaluation.constraints.directions) if evaluation.constraints else {},
        constraints_cost=evaluation.constraints.cost if evaluation.constraints else 0.0,
        constraints_dropped=evaluation.constraints.dropped if evaluation.constraints else (),
        trials=len(evaluation.search.trials) if evaluation.search else 0,
        comparisons=evaluation.comparisons,
        histories=histories_known(applications.table),
        notes=dict(notes),
    )


def with_golden(contents: BundleSpec) -> BundleSpec:
    """Add ten synthetic clients and their P(default) to a bundle's contents."""
    # Clients for checking scores need no exact correlations, and correcting those of all seven tables takes long.
    generator = make_generator(contents.population, contents.synthetic, rounds=0)
    kinds = GOLDEN_KINDS if contents.card.histories else {None: GOLDEN_ROWS}
    drawn = [generator.draw(n, GOLDEN_SEED + place, kind) for place, (kind, n) in enumerate(kinds.items())]
    rows = rows_of(pd.concat(drawn).assign(**{ID: range(FIRST_ID, FIRST_ID + GOLDEN_ROWS)}))
    scored = assess(as_model(contents), rows, review_band=0.0)
    pairs = zip(rows, scored.probability.tolist(), strict=True)
    golden: BundleSpec = msgspec.structs.replace(contents, golden=tuple(Golden(row, risk) for row, risk in pairs))
    return golden


def as_model(contents: BundleSpec) -> Model:
    """The model of a bundle's contents, made in memory."""
    bundle = bundle_of(contents)
    return Model(bundle=bundle, aligner=Aligner(bundle.columns))


def provenance() -> Provenance:
    """Today's date (UTC), and the short commit of this code; "unknown" outside git."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=10)
        commit = answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        commit = UNKNOWN
    return Provenance(date=datetime.now(UTC).strftime("%Y-%m-%d"), commit=commit)
