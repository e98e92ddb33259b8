"""What the commands of `python -m core` print: one function a command, each returns the lines as one text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.scoring.assess import Model
from core.synthetic.demo import Demo
from core.training.import_legacy import Converted
from core.training.pipeline import Trained

if TYPE_CHECKING:
    # What these import is in requirements-train.txt alone.
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
    place = "the champion now" if tracked.champion else "not the champion, which has the lower loss out of fold"
    return f"MLflow run {tracked.run_id} in {tracked.store}; the model's version {tracked.version} is {place}"


def describe_features(made: FeatureReport, out: Path) -> str:
    """The path written, its size, what was not there, and where the time went."""
    seconds = ", ".join(f"{step} {taken:.1f} s" for step, taken in made.seconds.items())
    absent = f"\nnot there, so missing: {', '.join(made.absent)}" if made.absent else ""
    return f"{out} ({made.rows} applications, {made.columns} columns){absent}\n{seconds}"


def describe_demo(demo: Demo, out: Path) -> str:
    """The path written, and how far its clients are from the population."""
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


def describe_converted(made: Converted, out: Path) -> str:
    """The path written, how near its probabilities are to the old model's, and what serving it takes."""
    lines = [
        f"{out} (digest {made.digest[:12]}, kind {made.kind})",
        f"{made.columns} columns, fill value 0; threshold on P(default) {made.threshold}",
        f"largest difference from the old model on the golden rows: {made.difference:g}",
    ]
    if made.other_versions:
        lines.append(f"check its answers against the old ones: {made.other_versions}")
    if made.kind == "joblib":
        lines.append(f"to serve it: TRUSTED_MODELS={made.model_digest}")
    return "\n".join(lines)


def describe_verified(model: Model, difference: float, folder: Path) -> str:
    """What was checked, in two lines."""
    bundle = model.bundle
    return (
        f"{folder} (digest {bundle.digest[:12]}): every file is the one that was written\n"
        f"{len(bundle.golden)} golden rows get their probabilities (largest difference {difference:g})"
    )
