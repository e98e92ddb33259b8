"""Registers the trained model in MLflow's registry.

The registered model contains the bundle and the code that reads it, so `models:/aval@champion` gives the same answers
as the server, bit for bit.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import pandas as pd

from core.alignment.parsers import BINARY
from core.model.schema import BundleSpec, Column
from core.settings import ROOT
from core.training.pipeline import Trained

NAME = "aval"
CHAMPION = "champion"
LOSS = "out_of_fold_loss_share"
NEEDED = ("joblib", "lightgbm", "msgspec", "numpy", "pandas", "scikit-learn", "scipy")
EXAMPLES = 3


def register(mlflow: Any, trained: Trained, folder: Path) -> tuple[str, bool]:
    """Log and register the model of the open run; returns its version, and whether it became the champion.

    mlflow: the module. folder: the bundle's folder.
    """
    logged = mlflow.pyfunc.log_model(
        name="model",
        python_model=str(Path(__file__).with_name("pyfunc.py")),
        artifacts={"bundle": str(folder)},
        code_paths=[str(ROOT / "core")],
        signature=signature(trained.contents),
        input_example=example(trained.contents),
        pip_requirements=[f"{name}=={importlib.metadata.version(name)}" for name in NEEDED],
        registered_model_name=NAME,
    )
    version = str(logged.registered_model_version)
    client = mlflow.MlflowClient()
    client.set_model_version_tag(NAME, version, "digest", trained.digest)
    champion = _beats_the_champion(mlflow, trained)
    if champion:
        client.set_registered_model_alias(NAME, CHAMPION, version)
    return version, champion


def signature(contents: BundleSpec) -> Any:
    """The model's signature. Inputs: SK_ID_CURR, optional raw and encoded columns. Outputs: those of `pyfunc`."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    raw = {column.source: "string" if _is_text(column) else "double" for column in contents.columns}
    encoded = {column.name: "double" for column in contents.columns if column.name not in raw}
    inputs = [ColSpec(kind, name, required=False) for name, kind in {**raw, **encoded}.items()]
    outputs = [("long", "SK_ID_CURR"), ("double", "solvency"), ("double", "threshold"), ("string", "verdict")]
    return ModelSignature(
        inputs=Schema([ColSpec("long", "SK_ID_CURR"), *inputs]),
        outputs=Schema([ColSpec(kind, name) for kind, name in outputs]),
    )


def example(contents: BundleSpec) -> pd.DataFrame:
    """A few of the synthetic golden clients, with the types of the signature."""
    texts = {column.source for column in contents.columns if _is_text(column)}
    known = texts | {column.source for column in contents.columns}
    rows = pd.DataFrame([golden.row for golden in contents.golden[:EXAMPLES]])
    inputs = rows[[name for name in rows if name == "SK_ID_CURR" or name in known]]
    numbers = [name for name in inputs if name != "SK_ID_CURR" and name not in texts]
    return inputs.astype(dict.fromkeys(numbers, "float64")).astype(
        dict.fromkeys([name for name in inputs if name in texts], "object")
    )


def _is_text(column: Column) -> bool:
    return column.kind == "one_hot" or column.source in BINARY


def _beats_the_champion(mlflow: Any, trained: Trained) -> bool:
    """Whether this model replaces the champion: on the same data if its out-of-fold loss is lower, else always."""
    client = mlflow.MlflowClient()
    try:
        before = client.get_model_version_by_alias(NAME, CHAMPION)
        run = client.get_run(before.run_id).data
    except mlflow.MlflowException:
        return True
    if run.tags.get("data") != trained.card.data_fingerprint:
        return True
    return bool(trained.card.out_of_fold["loss_share"] < run.metrics[LOSS])
