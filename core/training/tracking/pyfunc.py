"""The model as MLflow serves it; MLflow runs this file when it loads the model, beside the bundle and this code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from core.model.bundle import MODEL_FILE
from core.model.schema import Manifest
from core.scoring.assess import Model, assess, open_model


class RegisteredModel(PythonModel):
    """Clients in, solvency and verdict out, by the one path that scores."""

    def load_context(self, context: Any) -> None:
        """Opens the bundle; who loads a model from a registry trusts it, so a joblib estimator is trusted too."""
        folder = Path(context.artifacts["bundle"])
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
        self.model: Model = open_model(folder, {manifest.sha256[MODEL_FILE[manifest.kind]]})

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One row a client: SK_ID_CURR, solvency (1 − P(default)), threshold on P(default), and Yes or No.

        Raises InputRefused, all or nothing, as the routes do.
        """
        cells = model_input.astype(object).where(model_input.notna(), None).to_dict("records")
        rows = [{name: cell for name, cell in row.items() if cell is not None} for row in cells]
        found = assess(self.model, rows, review_band=0.0)
        return pd.DataFrame(
            {
                "SK_ID_CURR": list(found.aligned.ids),
                "solvency": [decision.solvency for decision in found.decisions],
                "threshold": [decision.threshold for decision in found.decisions],
                "verdict": ["No" if decision.refused else "Yes" for decision in found.decisions],
            }
        )


set_model(RegisteredModel())
