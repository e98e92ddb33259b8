"""Scores Parquet files into Parquet files on a Dask cluster, at any fsspec path.

Each partition is scored by `core.batch.scorer.score_chunks`, so the answers equal those of one machine bit for bit. A
worker receives a path, some row groups and the bundle's folder, which it must see; it opens the bundle once.
A partition's files have fixed names and may be written twice, so a worker that dies costs only time.

Dask sends pickles, so anyone who can reach the scheduler can run code on the workers. Use a private cluster.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from core.alignment.names import Vocabulary
from core.alignment.parsers import CATEGORICAL
from core.alignment.table import ids_of
from core.batch.export import results_table
from core.batch.local_cluster import local_cluster
from core.batch.partitions import Partition, file_system, file_versions, partitions, with_names_and_decimal
from core.batch.progress import Progress
from core.batch.rejects import names_in, sentences, write_rejects
from core.batch.results import Places
from core.batch.score_file import CHUNK_SIZE, Scored, Tally
from core.batch.scorer import score_chunks
from core.batch.sources import SourceIndex, repeated_among, row_of_totals
from core.errors import BundleError, Problem, SettingError, UnreadableInput
from core.readers.decimal_sign import DecimalChoice
from core.scoring.assess import Model, open_model, refuse_categories_of_numbers

WRITTEN = "_SUCCESS"


@dataclass(frozen=True, slots=True)
class Job:
    """The parameters common to all partitions: bundle (folder and digest), output folder, review band, reasons."""

    folder: str
    trusted: tuple[str, ...]
    digest: str
    out: str
    review_band: float
    reasons: bool


def score_on_dask(
    job: Job,
    path: str,
    *,
    cluster: str | int,
    vocabulary: Vocabulary,
    decimal: DecimalChoice = "auto",
    on_progress: Callable[[Progress], bool] = lambda pace: True,
) -> Scored:
    """Score a Parquet file, or all of a folder, into a folder of Parquet files.

    Refused rows go to `<out>.rejects`. The file _SUCCESS is written last.

    Parameters
    ----------
    path: an fsspec path. cluster: a scheduler's address, or the number of workers to start on this computer.

    Raises
    ------
    SettingError: the output exists, or the workers write to a place that this computer does not see.
    UnreadableInput: the input is no table of clients, or changed while it was read.
    InputRefused: a category column holds only numbers.
    """
    import distributed

    dask: Any = distributed
    start = time.monotonic()
    _make_empty(job.out)
    found = partitions(path)
    states = file_versions(found)
    parts = with_names_and_decimal(found, vocabulary, decimal)
    with ExitStack() as opened:
        address = opened.enter_context(local_cluster(cluster)) if isinstance(cluster, int) else cluster
        client = opened.enter_context(dask.Client(address))
        index = _merge(client.gather(client.map(index_partition, parts, job=job, pure=False, key="index")))
        works = client.map(score_partition, parts, job=job, index=index, pure=False, key="score")
        tally = Tally()
        done, total = 0, index.n_rows
        for _, outcome in dask.as_completed(works, with_results=True):
            tally.add(outcome.tally)
            done += outcome.rows
            on_progress(Progress(done, total, time.monotonic() - start))
    _check_written(job.out, len(parts))
    if file_versions(parts) != states:
        _remove_parts(job.out)
        raise UnreadableInput([Problem("file_changed")])
    file_system(job.out).touch(f"{job.out}/{WRITTEN}")
    return Scored(
        n_rows=total,
        tally=tally,
        seconds=time.monotonic() - start,
        out=job.out,
        rejects=f"{job.out}.rejects",
    )


@dataclass(frozen=True, slots=True)
class PartitionIndex:
    """What the first pass over a partition finds: ids, the category columns with only numbers, and those with words."""

    ids: Places
    numbers: tuple[str, ...]
    words: tuple[str, ...]


def index_partition(part: Partition, *, job: Job) -> PartitionIndex:
    """Read the ids and the category columns of one partition."""
    aligner = _opened(job).aligner
    wanted = [name for name in (*CATEGORICAL, *part.renamed) if part.renamed.get(name, name) in CATEGORICAL]
    ids: list[int] = []
    held: dict[str, set[str]] = {"words": set(), "numbers": set(), "": set()}
    for _, table in part.pieces(columns=wanted):
        ids += [-1 if client is None else client for client in ids_of(table)]
        for name in set(table.names) & set(CATEGORICAL):
            held[aligner.kind_of_category(table, name)].add(name)
    return PartitionIndex(np.array(ids, dtype=np.int64), tuple(held["numbers"]), tuple(held["words"]))


def _merge(parts: Sequence[PartitionIndex]) -> SourceIndex:
    """The index of all partitions. Raises InputRefused if a category column holds only numbers in all of them."""
    ids = np.concatenate([each.ids for each in parts])
    words = {name for each in parts for name in each.words}
    codes = dict.fromkeys(name for each in parts for name in each.numbers if name not in words)
    if codes and len(ids) > 1:
        refuse_categories_of_numbers([*codes])
    return SourceIndex(len(ids), repeated_among(ids), row_of_totals(ids))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The number of rows of a partition, and its counts."""

    rows: int
    tally: Tally


def score_partition(part: Partition, *, job: Job, index: SourceIndex) -> Outcome:
    """Score one partition; write its results, and its refused rows if there are any. index: of all partitions."""
    import fsspec

    model = _opened(job)
    tally = Tally()
    tables: list[pa.Table] = []
    rejected: list[tuple[Mapping[str, object], str]] = []
    chunks = score_chunks(
        model,
        part,
        index,
        review_band=job.review_band,
        reasons=job.reasons,
        rejects=True,
        chunk_size=CHUNK_SIZE,
        whole=False,
    )
    for chunk in chunks:
        tables.append(results_table(chunk.results, model.bundle, reasons=job.reasons))
        tally.count(chunk)
        why = sentences(chunk.problems, "en")
        rejected += [(row, why[place]) for place, row in chunk.rejected]
    with fsspec.open(f"{job.out}/part-{part.place:05}.parquet", "wb") as out:
        pa_parquet.write_table(pa.concat_tables(tables), out)
    if rejected:
        with fsspec.open(f"{job.out}.rejects/part-{part.place:05}.csv", "w", encoding="utf-8", newline="") as text:
            write_rejects(text, names_in(row for row, _ in rejected), rejected, header=True)
    return Outcome(part.n_rows, tally)


_models: dict[Job, Model] = {}
_lock = threading.Lock()


def _opened(job: Job) -> Model:
    """The model, opened once per worker. Raises BundleError if the bundle has another digest."""
    key = replace(job, out="")
    with _lock:
        if key not in _models:
            model = open_model(Path(job.folder), job.trusted)
            if model.bundle.digest != job.digest:
                raise BundleError(job.folder, ["a worker sees another bundle there"])
            _models[key] = model
        return _models[key]


def _make_empty(out: str) -> None:
    """Create the folders. Raises SettingError if one of them is not empty."""
    system = file_system(out)
    for folder in (out, f"{out}.rejects"):
        if system.exists(folder) and system.ls(folder):
            raise SettingError("--out", f"{folder} must be empty or not there")
        system.makedirs(folder, exist_ok=True)


def _remove_parts(out: str) -> None:
    """Remove the workers' files."""
    system = file_system(out)
    for name in (*system.glob(f"{out}/part-*.parquet"), *system.glob(f"{out}.rejects/part-*.csv")):
        system.rm(name)


def _check_written(out: str, parts: int) -> None:
    """Raise SettingError if the workers wrote to a place that this computer does not see, such as their own disk."""
    system = file_system(out)
    system.invalidate_cache()
    if len(system.glob(f"{out}/part-*.parquet")) < parts:
        raise SettingError("--out", "must be a place that this computer and all workers share")


def job_for(
    model: Model, folder: Path, trusted: Collection[str], out: str, *, review_band: float, reasons: bool
) -> Job:
    """The parameters of a run with this model into this folder."""
    return Job(str(folder), tuple(sorted(trusted)), model.bundle.digest, out.rstrip("/"), review_band, reasons)
