"""The texts that the commands of `python -m core` print: one function per command, each returns its lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.scoring.assess import Model
from core.synthetic.demo import Demo
from core.training.import_legacy import Converted
from core.training.pipeline import Trained

if TYPE_CHECKING:
    # These modules need libraries that only requirements-train.txt installs.
    from core.features.build import FeatureReport
    from core.training.tracking.mlflow_run import Tracked

WORST_SHOWN = 8


def describe_trained(trained: Trained, out: Path) -> str:
    """The path written, the policy, and the figures as a small table."""
    card = trained.card
    lines = [
        f"{out} (digest {trained.digest[:12]})",
        f"{card.trained_rows} clients, {100 * card.default_rate:.2f} % default; {card.trees} trees; "
        f"threshold on P(default) {trained.policy.threshold}",
        f"{'':12}{f'locked rows ({card.locked_rows})':>34}{'out of fold':>14}",
    ]
    lines += [
        f"{name:12}{figure.value:>14.4f} [{figure.low:.4f}, {figure.high:.4f}]{card.out_of_fold[name]:>14.4f}"
        for name, figure in card.figures.items()
    ]
    lines += [f"{name:24}{value:+.4f}" for name, value in card.worth.items()]
    if card.constraints:
        lines.append(f"{'constraints':24}{-card.constraints_cost:+.4f} AUC with {len(card.constraints)} columns")
    lines += [
        f"against {each.other}, {each.clients} ({each.n}): "
        + ", ".join(
            f"{name} {gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]" for name, gap in each.difference.items()
        )
        for each in card.comparisons
    ]
    if card.threshold:
        lines.append(f"threshold, 95 % interval: {card.threshold.low:.4f} to {card.threshold.high:.4f}")
    if trained.contents.kind == "joblib":
        lines.append(f"to serve it: TRUSTED_MODELS={trained.model_digest}")
    return "\n".join(lines)


def describe_tracked(tracked: Tracked) -> str:
    """Where the training was recorded, and whether its model is the champion."""
    status = "the champion now" if tracked.champion else "not the champion, which has the lower loss out of fold"
    return f"MLflow run {tracked.run_id} in {tracked.store}; the model's version {tracked.version} is {status}"


def describe_features(report: FeatureReport, out: Path) -> str:
    """The path written, its size, the absent tables, and the seconds of each step."""
    seconds = ", ".join(f"{step} {taken:.1f} s" for step, taken in report.seconds.items())
    absent = f"\nnot there, so missing: {', '.join(report.absent)}" if report.absent else ""
    return f"{out} ({report.rows} applications, {report.columns} columns){absent}\n{seconds}"


def describe_demo(demo: Demo, out: Path) -> str:
    """The path written, and the differences between its clients and the population."""
    scores = demo.scores
    lines = [
        f"{out} ({demo.clients} synthetic clients)",
        f"{'solvency':24}{'demo':>10}{'population':>12}",
        f"{'mean':24}{scores.means[0]:>10.4f}{scores.means[1]:>12.4f}",
        *(
            f"{f'{100 * level:.0f} %':24}{here:>10.4f}{there:>12.4f}"
            for level, (here, there) in scores.quantiles.items()
        ),
        f"{'refused':24}{scores.refused[0]:>10.4f}{scores.refused[1]:>12.4f}",
        f"KS distance of the solvency: {scores.distance:.4f}; {demo.drawn.distance:.4f} before clients were chosen",
        *([f"what is known: {', '.join(f'{n} {kind}' for kind, n in demo.known.items())}"] if demo.known else []),
        "farthest columns: "
        + ", ".join(f"{each.column} ({each.kind} {each.distance:.3f})" for each in demo.marginals[:WORST_SHOWN]),
    ]
    return "\n".join(lines)


def describe_converted(report: Converted, out: Path) -> str:
    """The path written, the largest difference from the old model's probabilities, and the setting it needs."""
    lines = [
        f"{out} (digest {report.digest[:12]}, kind {report.kind})",
        f"{report.columns} columns, fill value 0; threshold on P(default) {report.threshold}",
        f"largest difference from the old model on the golden rows: {report.difference:g}",
    ]
    if report.other_versions:
        lines.append(f"check its answers against the old ones: {report.other_versions}")
    if report.kind == "joblib":
        lines.append(f"to serve it: TRUSTED_MODELS={report.model_digest}")
    return "\n".join(lines)


def describe_verified(model: Model, difference: float, folder: Path) -> str:
    """The checks that a bundle passed, in two lines."""
    bundle = model.bundle
    return (
        f"{folder} (digest {bundle.digest[:12]}): every file is the one that was written\n"
        f"{len(bundle.golden)} golden rows get their probabilities (largest difference {difference:g})"
    )
