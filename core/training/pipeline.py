"""From a folder of data to a written bundle: the one place that joins the steps of training."""

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
    STEP_EFFECTS: 25.0,
    STEP_GOLDEN: 5.0,
    STEP_WRITE: 1.0,
}
"""The steps after encoding, and their seconds."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run gives back: the bundle's digest and kind, its contents, and how it was found."""

    digest: str
    contents: BundleSpec
    applications: Applications
    found: Evaluation

    @property
    def policy(self) -> Policy:
        """The threshold and the calibration."""
        return self.contents.policy

    @property
    def card(self) -> Card:
        """What the model is."""
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
    """Trains on the labelled clients in `data` and writes the bundle into the folder `out`.

    data: what `core.training.sources` reads. kind: "lightgbm", or "logistic", the baseline, whose bundle is of the
    kind joblib. trials: budget of the search for parameters. notes: by language, sentences on the data for the card.
    The same data gives the same bundle, whatever the order
    of its rows; only the provenance differs. What is measured, is measured on a model that has not seen the locked
    fifth of the clients; the model that ships is then fitted on all of them. Raises TrainingRefused and TableRefused;
    nothing in `out` is touched before the last step.
    """
    applications = read_labelled(data, progress)
    require_enough(applications)
    with progress("encoding them with the aligner that serves"):
        matrix = encode(applications)
    progress.expect(expected_seconds(matrix, kind, trials))
    found = evaluate(applications, matrix, progress, kind=kind, trials=trials)
    values = matrix.values[:, matrix.ships]
    with progress(STEP_FIT):
        shipped = found.recipe.learn(values, applications.defaults, matrix.names(matrix.ships), found.trees)
    with progress(STEP_WEIGHTS):
        weights = shipped.weights(values)
    with progress(STEP_POPULATION):
        population, correlations = describe_population(
            applications,
            matrix.columns,
            matrix.values,
            found.probability,
            threshold=found.policy.threshold,
        )
    contents = BundleSpec(
        model=shipped.content(),
        columns=finished_columns(matrix, applications.table, weights),
        policy=found.policy,
        population=population,
        card=make_card(applications, matrix, found, notes or {}),
        golden=(),
        provenance=provenance(),
        synthetic=correlations,
    )
    with progress(STEP_EFFECTS):
        contents = with_effects(contents, values)
    with progress(STEP_GOLDEN):
        contents = with_golden(contents)
    with progress(STEP_WRITE):
        digest = write_bundle(contents, out)
    return Trained(digest, contents, applications, found)


def expected_seconds(matrix: Matrix, kind: str, trials: int) -> dict[str, float]:
    """What each step took on two quiet cores with 81,449 clients and 712 columns, in proportion to this matrix.

    Empty for the baseline and with a search, which nothing was measured of.
    """
    if kind != "lightgbm" or trials:
        return {}
    share = matrix.values.size / MEASURED_CELLS
    return {step: share * seconds for step, seconds in MEASURED_SECONDS.items()}


def make_card(
    applications: Applications, matrix: Matrix, found: Evaluation, notes: Mapping[str, tuple[str, ...]]
) -> Card:
    """The model's card."""
    absent = missing_tables(matrix.names(matrix.ships))
    return Card(
        name=f"{found.recipe.title} on the application{'' if len(absent) == len(HISTORY_TABLES) else ' and histories'}",
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
        missing_tables=absent,
        threshold=found.threshold,
        parameters=dict(found.recipe.parameters),
        constraints=dict(found.constraints.directions) if found.constraints else {},
        constraints_cost=found.constraints.cost if found.constraints else 0.0,
        constraints_dropped=found.constraints.dropped if found.constraints else (),
        trials=len(found.search.trials) if found.search else 0,
        comparisons=found.comparisons,
        histories=histories_known(applications.table),
        notes=dict(notes),
    )


def with_golden(contents: BundleSpec) -> BundleSpec:
    """The same contents with ten synthetic clients and the P(default) that serving gives them."""
    # Ten clients to check scores by need not be correlated exactly, and with all seven tables' columns that takes long.
    generator = make_generator(contents.population, contents.synthetic, rounds=0)
    kinds = GOLDEN_KINDS if contents.card.histories else {None: GOLDEN_ROWS}
    drawn = [generator.draw(n, GOLDEN_SEED + place, kind) for place, (kind, n) in enumerate(kinds.items())]
    rows = rows_of(pd.concat(drawn).assign(**{ID: range(FIRST_ID, FIRST_ID + GOLDEN_ROWS)}))
    scored = assess(as_model(contents), rows, review_band=0.0)
    pairs = zip(rows, scored.probability.tolist(), strict=True)
    golden: BundleSpec = msgspec.structs.replace(contents, golden=tuple(Golden(row, risk) for row, risk in pairs))
    return golden


def as_model(contents: BundleSpec) -> Model:
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
