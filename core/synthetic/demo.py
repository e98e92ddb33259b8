"""The demo's file of synthetic clients: drawn, chosen by score, compared with the population, and written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.alignment.client_id import ID
from core.errors import BundleError, SettingError
from core.features.categories import HISTORIES
from core.model.bundle import load_correlations
from core.model.schema import Population, ScoreBin
from core.progress_log import ProgressLog
from core.records import Floats
from core.scoring.assess import Model, assess, open_model
from core.synthetic.fidelity import (
    ALL,
    MarginalComparison,
    ScoreComparison,
    compare_marginals,
    compare_scores,
    cumulated,
    mixture,
)
from core.synthetic.generator import FIRST_ID, make_generator, rows_of

CANDIDATES_PER_CLIENT = 10
CHOICES = 40
TWO_READINGS = r"-?\d{1,3}\.\d{3}"


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo run gives back: how many clients, and how far they are from the population.

    known: how many clients there are of each kind, empty where histories are missing as in the population. drawn:
    scores of all candidates, before any choice. scores, marginals: of the clients that were written.
    """

    clients: int
    known: dict[str, int]
    drawn: ScoreComparison
    scores: ScoreComparison
    marginals: list[MarginalComparison]


def make_demo(
    model_folder: Path,
    out: Path,
    *,
    clients: int,
    seed: int,
    progress: ProgressLog,
    trusted: Collection[str] = (),
    known: Mapping[str, int] | None = None,
) -> Demo:
    """Writes a CSV of synthetic clients, drawn from the bundle's population alone; the same seed, the same file.

    known: what is known of the clients, the keys of `constraints.KNOWN`, in these proportions; None: of each as much
    as in the population, whose clients may have no histories because nobody asked.

    Ten candidates are drawn for each client, and those kept whose scores are spread as the out-of-fold ones of
    clients of whom as much is known: rank correlations cannot tell that neither the longest nor the shortest loans
    are the riskiest, so that scores of mere draws lie a little too close together. Of forty such choices the one is
    taken whose farthest column is nearest to the population. Raises BundleError.
    """
    model = open_model(model_folder, trusted)
    population = model.bundle.population
    if ALL not in population.score_bins:
        raise BundleError(model_folder.name, ["it does not know its population, of which clients would be drawn"])
    threshold = model.bundle.policy.threshold
    with progress("learning how the population's columns hang together"):
        generator = make_generator(population, load_correlations(model_folder))
    random = np.random.default_rng(seed)
    parts, risks, drawn = [], [], []
    shares = split(clients, known)
    for kind, n in shares.items():
        with progress(f"drawing, scoring and choosing clients{f' with {kind}' if kind else ''}"):
            candidates = generator.draw(n * CANDIDATES_PER_CLIENT, seed, kind)
            risk = score(model, candidates)
            kept = choose(candidates, risk, model.bundle.population, bins_of(population, kind), n, random)
            parts.append(candidates.iloc[kept])
            risks.append(risk[kept])
            drawn.append(risk)
    with progress("writing them"):
        order = random.permutation(clients)
        chosen = pd.concat(parts).iloc[order].reset_index(drop=True)
        chosen[ID] = np.arange(FIRST_ID, FIRST_ID + clients)
        write_csv(chosen, out)
    expected = mixture([(bins_of(population, kind), n) for kind, n in shares.items()])
    return Demo(
        clients=clients,
        known={kind: n for kind, n in shares.items() if kind},
        drawn=compare_scores(np.concatenate(drawn), expected, threshold=threshold),
        scores=compare_scores(np.concatenate(risks), expected, threshold=threshold),
        marginals=compare_marginals(chosen, population, by_choice=HISTORIES if known else ()),
    )


def split(clients: int, known: Mapping[str, int] | None) -> dict[str | None, int]:
    """How many clients of each kind, in these proportions; the last kind takes what rounding leaves."""
    if not known:
        return {None: clients}
    whole = sum(known.values())
    edges = np.round(np.cumsum([0, *known.values()]) * clients / whole).astype(int)
    counts = zip(known, np.diff(edges).tolist(), strict=True)
    return {kind: n for kind, n in counts if n}


def bins_of(population: Population, kind: str | None) -> tuple[ScoreBin, ...]:
    """Out-of-fold outcomes of the clients of whom as much is known; of all where those are too few."""
    group = {None: ALL, "application": "histories=none"}.get(kind, "histories=some")
    return population.score_bins.get(group, population.score_bins[ALL])


def score(model: Model, clients: pd.DataFrame) -> Floats:
    """P(default) of raw clients, of shape (n_clients,), by the one path that scores."""
    return assess(model, rows_of(clients), review_band=0.0).probability


def choose(
    candidates: pd.DataFrame,
    risk: Floats,
    population: Population,
    bins: tuple[ScoreBin, ...],
    n: int,
    random: np.random.Generator,
) -> NDArray[np.int_]:
    """Positions of n candidates, in random order: the best of CHOICES, each from another half of the candidates."""
    best, nearest = np.arange(n), np.inf
    for _ in range(CHOICES):
        half = random.permutation(len(candidates))[: max(n, len(candidates) // 2)]
        kept = half[spread_as(risk[half], bins, n)]
        farthest = compare_marginals(candidates.iloc[kept], population, by_choice=HISTORIES)[0].distance
        if farthest < nearest:
            best, nearest = kept, farthest
    return random.permutation(best)


def spread_as(risk: Floats, bins: tuple[ScoreBin, ...], n: int) -> NDArray[np.int_]:
    """Positions of n of these candidates whose P(default) are spread as the population's out-of-fold ones.

    For n equally spaced levels, the next unused candidate of at least the P(default) that the population has there.
    """
    edges, reached = cumulated(bins)
    wanted = np.interp((np.arange(n) + 0.5) / n, reached, edges)
    order = np.argsort(risk, kind="stable")
    places = np.searchsorted(risk[order], wanted)
    last = len(risk) - n + np.arange(n)
    spread = np.empty(n, dtype=np.int64)
    next_free = 0
    for level, place in enumerate(places):
        spread[level] = min(max(int(place), next_free), int(last[level]))
        next_free = int(spread[level]) + 1
    return order[spread]


def _without_two_readings(column: pd.Series) -> pd.Series:
    """Numbers as text of which no point could separate thousands: 130.923 is written 130.9230."""
    if not pd.api.types.is_float_dtype(column):
        return column
    texts = column.map(repr, na_action="ignore").astype(object)
    return texts.where(~texts.str.fullmatch(TWO_READINGS).fillna(False).astype(bool), texts + "0")


def write_csv(clients: pd.DataFrame, out: Path) -> None:
    """Writes the file whole or not at all. Raises SettingError where it cannot be written."""
    scratch: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
        scratch = Path(name)
        os.close(handle)
        clients.apply(_without_two_readings).to_csv(scratch, index=False, lineterminator="\n")
        scratch.chmod(0o644)
        scratch.replace(out)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the disk refuses"
        raise SettingError("--out", f"must be where a file can be written, and it cannot ({why})") from None
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
