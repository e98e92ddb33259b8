"""The model that MLflow serves; MLflow runs this file when it loads the model, with the bundle and `core` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from core.model.bundle_files import MODEL_FILE
from core.model.schema import Manifest
from core.scoring.assess import Model, assess, open_model


class RegisteredModel(PythonModel):
    """Takes clients and returns their solvency and verdict, by `core.scoring.assess.assess`."""

    def load_context(self, context: Any) -> None:
        """Load the bundle; a model that is loaded from the registry is trusted, so its joblib file is unpickled."""
        folder = Path(context.artifacts["bundle"])
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
        self.model: Model = open_model(folder, {manifest.sha256[MODEL_FILE[manifest.kind]]})

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One row per client: SK_ID_CURR, solvency (1 − P(default)), threshold on P(default), and Yes or No.

        Raises InputRefused if any client is refused, as the routes do.
        """
        cells = model_input.astype(object).where(model_input.notna(), None).to_dict("records")
        rows = [{name: cell for name, cell in row.items() if cell is not None} for row in cells]
        assessments = assess(self.model, rows, review_band=0.0)
        return pd.DataFrame(
            {
                "SK_ID_CURR": list(assessments.aligned.ids),
                "solvency": [decision.solvency for decision in assessments.decisions],
                "threshold": [decision.threshold for decision in assessments.decisions],
                "verdict": ["No" if decision.refused else "Yes" for decision in assessments.decisions],
            }
        )


set_model(RegisteredModel())
