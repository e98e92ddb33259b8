"""The old API's way, written for comparison: Flask, a pandas frame, `predict_proba` of an LGBMClassifier.

    gunicorn tests.benchmarks.old_way:app

The trees are those of the model that ships, so that both sides sum the same leaves.
"""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from flask import Flask, jsonify, request

from core.scoring.assess import open_model
from core.settings import Settings

MODEL = open_model(Settings().model_folder)
COLUMNS = list(MODEL.bundle.names)
THRESHOLD = MODEL.bundle.policy.threshold
PLAIN = [f"column_{place}" for place in range(len(COLUMNS))]


def make_classifier() -> lgb.LGBMClassifier:
    """An LGBMClassifier with the trees of the bundle; fitted on nothing, then given them. One thread suits it best."""
    nothing = pd.DataFrame(np.zeros((50, len(PLAIN))), columns=PLAIN)
    classifier = lgb.LGBMClassifier(n_estimators=1, n_jobs=1, verbose=-1).fit(nothing, np.arange(50) % 2)
    text = (Settings().model_folder / "model.txt").read_text(encoding="utf-8")
    classifier._Booster = lgb.Booster(model_str=text)
    return classifier


CLASSIFIER = make_classifier()


def predict_proba(clients: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Rows as they were sent → the answer, as the old API made it; a missing value was 0 there."""
    frame = pd.DataFrame(clients)
    values = frame[COLUMNS].fillna(0).astype(float)
    values.columns = PLAIN
    solvency = np.asarray(CLASSIFIER.predict_proba(values))[:, 0]
    return {
        f"client n°{client}": {"niveau de solvabilité": float(value), "seuil": THRESHOLD}
        for client, value in zip(frame["SK_ID_CURR"], solvency, strict=True)
    }


app = Flask(__name__)


@app.post("/predict_proba")
def route() -> Any:
    """The route as Flask served it."""
    return jsonify({"prediction": predict_proba(request.get_json(force=True)["data"])})
