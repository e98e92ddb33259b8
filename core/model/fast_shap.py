"""SHAP values of thousands of clients at once, computed by woodelf where it is installed and faster.

LightGBM walks every tree for every client. woodelf (Nadel & Wettenstein, 2025) groups the clients by the leaves they
reach and looks up the values: a fixed cost per call, then a fraction of LightGBM's cost per client. It computes in
single precision, so its values differ from LightGBM's by up to TOLERANCE; if a client's sum differs by more, the
estimator explains that client with LightGBM. SHAP values are additive over trees, so groups of trees are explained
one after the other, and the work can be stopped between two groups.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.records import Checkpoint, Floats, no_checkpoint

MIN_CLIENTS = 3000
"""The number of clients from which woodelf is faster than LightGBM."""
TREES_PER_GROUP = 24
TOLERANCE = 1e-5
"""In log-odds. Doubling the odds is 0.69; a hundred-thousandth changes no figure on a screen."""


def fast_shap_values(booster: Any, values: Floats, on_checkpoint: Checkpoint = no_checkpoint) -> Floats | None:
    """SHAP values by woodelf; None where it is not installed or not faster.

    Parameters
    ----------
    booster : lightgbm.Booster
    values : aligned clients, of shape (n_clients, n_columns), NaN where a value is missing
    on_checkpoint : called before each group of trees; an exception that it raises ends the work

    Returns
    -------
    Contributions of shape (n_clients, n_columns), in raw log-odds of default, float64.
    """
    if len(values) < MIN_CLIENTS:
        return None
    try:
        from woodelf import WoodelfExplainer
        from woodelf.core.trees.decision_trees_ensemble import DecisionTreesEnsemble
        from woodelf.core.trees.parse_models import load_decision_tree_ensemble_model
    except ImportError:
        return None
    frame = pd.DataFrame(values, columns=booster.feature_name())
    trees = load_decision_tree_ensemble_model(booster, booster.feature_name()).trees
    contributions = np.zeros(values.shape)
    for first in range(0, len(trees), TREES_PER_GROUP):
        on_checkpoint()
        group = DecisionTreesEnsemble(trees[first : first + TREES_PER_GROUP])
        contributions += WoodelfExplainer(group).shap_values(frame, verbose=False)
    return contributions
