"""Makes the demo's file: draws synthetic clients, selects them by score, and compares them with the population."""

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
from core.model.schema import ALL, Population, ScoreBin
from core.progress_log import ProgressLog
from core.records import Floats
from core.scoring.assess import Model, assess, open_model
from core.synthetic.fidelity import (
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
AMBIGUOUS = r"-?\d{1,3}\.\d{3}"


@dataclass(frozen=True, slots=True)
class Demo:
    """The result of a demo run: the number of clients, and their differences from the population.

    known: number of clients of each kind; empty if histories are missing as in the population. drawn: scores of all
    candidates, before the selection. scores, marginals: of the clients that were written.
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
    """Write a CSV of synthetic clients drawn from a bundle's population; the same seed gives the same file.

    Ten candidates are drawn per client. Rank correlations cannot express that neither the longest nor the shortest
    loans are the riskiest, so the candidates' scores are slightly too concentrated; clients are therefore selected so
    that their scores have the population's out-of-fold distribution. Of 40 such selections, the one with the smallest
    maximum distance of a column from the population is written.

    Parameters
    ----------
    model_folder: the bundle's folder.
    out: the CSV file.
    clients: number of clients.
    seed: seed of the random numbers.
    progress: the progress log.
    trusted: SHA-256 digests (lower-case hex) of the joblib files that may be unpickled.
    known: proportions of the clients of each kind in `constraints.KNOWN`; None for histories that are missing as in
        the population.

    Raises
    ------
    BundleError: the bundle cannot be read or has no population.
    SettingError: the file cannot be written.
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
            selected = choose(candidates, risk, model.bundle.population, bins_of(population, kind), n, random)
            parts.append(candidates.iloc[selected])
            risks.append(risk[selected])
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
    """The number of clients of each kind in these proportions; the rounded numbers add up to `clients`."""
    if not known:
        return {None: clients}
    total = sum(known.values())
    edges = np.round(np.cumsum([0, *known.values()]) * clients / total).astype(int)
    counts = zip(known, np.diff(edges).tolist(), strict=True)
    return {kind: n for kind, n in counts if n}


def bins_of(population: Population, kind: str | None) -> tuple[ScoreBin, ...]:
    """Score bins of the training clients with the same histories as this kind; of all clients if those are absent."""
    group = {None: ALL, "application": "histories=none"}.get(kind, "histories=some")
    return population.score_bins.get(group, population.score_bins[ALL])


def score(model: Model, clients: pd.DataFrame) -> Floats:
    """P(default) of raw clients, of shape (n_clients,)."""
    return assess(model, rows_of(clients), review_band=0.0).probability


def choose(
    candidates: pd.DataFrame,
    risk: Floats,
    population: Population,
    bins: tuple[ScoreBin, ...],
    n: int,
    random: np.random.Generator,
) -> NDArray[np.int_]:
    """Select n candidates: the best of CHOICES selections, each from a random half of the candidates.

    Parameters
    ----------
    candidates: raw clients, of shape (n_candidates, n_columns).
    risk: their P(default), of shape (n_candidates,).
    population: the population to compare the columns with.
    bins: the score bins that give the distribution of P(default).
    n: number of clients.
    random: generator of the random numbers.

    Returns
    -------
    Positions of the selected candidates, of shape (n,), in random order.
    """
    best, smallest = np.arange(n), np.inf
    for _ in range(CHOICES):
        half = random.permutation(len(candidates))[: max(n, len(candidates) // 2)]
        selected = half[match_scores(risk[half], bins, n)]
        largest = compare_marginals(candidates.iloc[selected], population, by_choice=HISTORIES)[0].distance
        if largest < smallest:
            best, smallest = selected, largest
    return random.permutation(best)


def match_scores(risk: Floats, bins: tuple[ScoreBin, ...], n: int) -> NDArray[np.int_]:
    """Positions of n candidates whose P(default) has the distribution of the score bins, lowest first.

    For each of n equally spaced levels, it takes the next unused candidate with at least the quantile's P(default).
    """
    edges, cumulative = cumulated(bins)
    quantiles = np.interp((np.arange(n) + 0.5) / n, cumulative, edges)
    order = np.argsort(risk, kind="stable")
    places = np.searchsorted(risk[order], quantiles)
    last = len(risk) - n + np.arange(n)
    selected = np.empty(n, dtype=np.int64)
    next_free = 0
    for level, place in enumerate(places):
        selected[level] = min(max(int(place), next_free), int(last[level]))
        next_free = int(selected[level]) + 1
    return order[selected]


def _unambiguous(column: pd.Series) -> pd.Series:
    """Numbers as text whose point cannot be taken for a thousands separator: 130.923 is written 130.9230."""
    if not pd.api.types.is_float_dtype(column):
        return column
    texts = column.map(repr, na_action="ignore").astype(object)
    return texts.where(~texts.str.fullmatch(AMBIGUOUS).fillna(False).astype(bool), texts + "0")


def write_csv(clients: pd.DataFrame, out: Path) -> None:
    """Write the file whole or not at all. Raises SettingError if it cannot be written."""
    scratch: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
        scratch = Path(name)
        os.close(handle)
        clients.apply(_unambiguous).to_csv(scratch, index=False, lineterminator="\n")
        scratch.chmod(0o644)
        scratch.replace(out)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the disk refuses"
        raise SettingError("--out", f"must be where a file can be written, and it cannot ({why})") from None
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
