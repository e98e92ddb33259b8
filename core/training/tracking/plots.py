"""Plots of a training for MLflow: loss by threshold, reliability, ROC curve, distribution of the solvency."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import roc_curve

from core.records import Flags, Floats
from core.training.pipeline import Trained
from core.training.threshold import loss_curve

INK, PAPER, MARK = "#1f5f8b", "#c9d3db", "#b3402a"
BINS = 10
SIDES = ("out of fold", "locked")


def plots_of(trained: Trained) -> dict[str, Any]:
    """matplotlib figures by name, of the P(default) of models that had not seen the rows."""
    evaluation, applications = trained.evaluation, trained.applications
    sides = {
        name: (evaluation.probability[chosen], applications.defaults[chosen], applications.credit[chosen])
        for name, chosen in zip(SIDES, (~applications.locked, applications.locked), strict=True)
    }
    return {
        "loss_by_threshold": _losses(sides, trained),
        "reliability": _reliability(sides),
        "roc": _roc(sides),
        "solvency": _solvency(*sides["out of fold"][:2], threshold=evaluation.policy.threshold),
    }


def reliability(probability: Floats, defaults: Flags) -> tuple[Floats, Floats]:
    """Mean P(default) and share of defaults in ten equal-count bins, lowest risk first; arrays of shape (10,).

    probability, defaults: of shape (n_clients,).
    """
    parts = [part for part in np.array_split(np.argsort(probability, kind="stable"), BINS) if len(part)]
    return (
        np.array([probability[part].mean() for part in parts]),
        np.array([defaults[part].mean() for part in parts]),
    )


def _losses(sides: dict[str, tuple[Floats, Flags, Floats]], trained: Trained) -> Any:
    figure, axes = _axes("threshold on P(default)", "business loss, as a share of approving everyone's")
    thresholds = np.arange(1, 101) / 200
    for (name, side), colour in zip(sides.items(), (INK, PAPER), strict=True):
        axes.plot(thresholds, loss_curve(*side, thresholds), color=colour, label=name)
    interval = trained.evaluation.threshold
    axes.axvspan(interval.low, interval.high, color=MARK, alpha=0.12, label="threshold, 95 % interval")
    axes.axvline(interval.value, color=MARK, linestyle="--", label=f"threshold {interval.value:g}")
    axes.legend()
    return figure


def _reliability(sides: dict[str, tuple[Floats, Flags, Floats]]) -> Any:
    figure, axes = _axes("mean P(default) in a tenth of the clients", "share that had payment difficulties")
    top = 0.0
    for (name, (probability, defaults, _)), colour in zip(sides.items(), (INK, MARK), strict=True):
        mean, share = reliability(probability, defaults)
        axes.plot(mean, share, "o-", color=colour, label=name)
        top = max(top, mean.max(), share.max())
    axes.plot([0, top], [0, top], color=PAPER, label="as it should be")
    axes.legend()
    return figure


def _roc(sides: dict[str, tuple[Floats, Flags, Floats]]) -> Any:
    figure, axes = _axes("good clients refused", "defaulted clients refused")
    for (name, (probability, defaults, _)), colour in zip(sides.items(), (INK, MARK), strict=True):
        false, true, _ = roc_curve(defaults, probability)
        axes.plot(false, true, color=colour, label=name)
    axes.plot([0, 1], [0, 1], color=PAPER, label="by chance")
    axes.legend()
    return figure


def _solvency(probability: Floats, defaults: Flags, *, threshold: float) -> Any:
    figure, axes = _axes("solvency = 1 − P(default)", "share of the clients")
    bins = np.linspace(0, 1, 51)
    for chosen, colour, name in ((~defaults, INK, "good"), (defaults, MARK, "defaulted")):
        share = np.full(int(chosen.sum()), 1 / max(int(chosen.sum()), 1))
        axes.hist(1 - probability[chosen], bins, weights=share, histtype="step", color=colour, label=name)
    axes.axvline(1 - threshold, color="black", linestyle="--", label=f"line at {1 - threshold:.3f}")
    axes.legend()
    return figure


def _axes(across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
