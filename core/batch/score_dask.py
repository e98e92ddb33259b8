"""The same command over a Dask cluster, where one machine is too slow: from Parquet to Parquet, at any fsspec path.

Each partition is scored by `core.batch.scorer.scored`, as everywhere, so the answers are the same bit for bit. What a
worker is sent is a path, some row groups and the bundle's folder, which it must see; it opens the bundle once. A
partition's files have names of their own and may be written twice, so a worker that dies costs nothing but time.

Dask's messages are pickles: whoever reaches the scheduler runs code on the workers. Use a cluster of your own.
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
from core.batch.partitions import Partition, file_system, partitions, settled, states_of
from core.batch.progress import Progress
from core.batch.rejects import names_in, sentences, write_rejects
from core.batch.results import Places
from core.batch.score_file import TOGETHER, Scored, Tally
from core.batch.scorer import scored
from core.batch.sources import SourceIndex, repeated_among, row_of_totals
from core.errors import BundleError, Problem, SettingError, UnreadableInput
from core.readers.decimal_sign import DecimalChoice
from core.scoring.assess import Model, open_model, refuse_categories_of_numbers

WRITTEN = "_SUCCESS"


@dataclass(frozen=True, slots=True)
class Job:
    """What every partition's work is the same for: bundle (folder and digest), output folder, policy, reasons."""

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
    on_pace: Callable[[Progress], bool] = lambda pace: True,
) -> Scored:
    """Scores a Parquet file, or all in a folder, into a folder of Parquet files.

    cluster: a scheduler's address, or how many workers to start here. Refused rows go to `<out>.rejects`. The folder
    holds a file _SUCCESS once all of it is there. Raises SettingError where the output is there already or the
    workers write elsewhere, UnreadableInput where the input is no table of clients or changed while it was read,
    InputRefused where a category column of it holds nothing but numbers.
    """
    import distributed

    dask: Any = distributed
    start = time.monotonic()
    _make_empty(job.out)
    found = partitions(path)
    states = states_of(found)
    parts = settled(found, vocabulary, decimal)
    with ExitStack() as opened:
        address = opened.enter_context(local_cluster(cluster)) if isinstance(cluster, int) else cluster
        client = opened.enter_context(dask.Client(address))
        known = _joined(client.gather(client.map(look_at_partition, parts, job=job, pure=False, key="look")))
        works = client.map(score_partition, parts, job=job, known=known, pure=False, key="score")
        tally = Tally()
        done, total = 0, known.n_rows
        for _, outcome in dask.as_completed(works, with_results=True):
            tally.add(outcome.tally)
            done += outcome.rows
            on_pace(Progress(done, total, time.monotonic() - start))
    _check_written(job.out, len(parts))
    if states_of(parts) != states:
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
class Glance:
    """What a first look at a partition finds: ids, and the raw category columns of numbers alone, and with words."""

    ids: Places
    numbers: tuple[str, ...]
    words: tuple[str, ...]


def look_at_partition(part: Partition, *, job: Job) -> Glance:
    """The ids of one partition, and what its category columns hold."""
    aligner = _opened(job).aligner
    wanted = [name for name in (*CATEGORICAL, *part.renamed) if part.renamed.get(name, name) in CATEGORICAL]
    ids: list[int] = []
    held: dict[str, set[str]] = {"words": set(), "numbers": set(), "": set()}
    for _, table in part.pieces(columns=wanted):
        ids += [-1 if client is None else client for client in ids_of(table)]
        for name in set(table.names) & set(CATEGORICAL):
            held[aligner.kind_of_category(table, name)].add(name)
    return Glance(np.array(ids, dtype=np.int64), tuple(held["numbers"]), tuple(held["words"]))


def _joined(glances: Sequence[Glance]) -> SourceIndex:
    """The whole of the partitions. Raises InputRefused where a category column of it holds nothing but numbers."""
    ids = np.concatenate([each.ids for each in glances])
    words = {name for each in glances for name in each.words}
    codes = dict.fromkeys(name for each in glances for name in each.numbers if name not in words)
    if codes and len(ids) > 1:
        refuse_categories_of_numbers([*codes])
    return SourceIndex(len(ids), repeated_among(ids), row_of_totals(ids))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one partition: rows, and what they add up to."""

    rows: int
    tally: Tally


def score_partition(part: Partition, *, job: Job, known: SourceIndex) -> Outcome:
    """Scores one partition and writes its file, and another with its refused rows if there are any.

    known: what a first look at all partitions found.
    """
    import fsspec

    model = _opened(job)
    tally = Tally()
    tables: list[pa.Table] = []
    rejected: list[tuple[Mapping[str, object], str]] = []
    chunks = scored(
        model,
        part,
        known,
        review_band=job.review_band,
        reasons=job.reasons,
        rejects=True,
        together=TOGETHER,
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
    """The bundle, opened once in each worker. Raises BundleError where it is not the one that was meant."""
    key = replace(job, out="")
    with _lock:
        if key not in _models:
            model = open_model(Path(job.folder), job.trusted)
            if model.bundle.digest != job.digest:
                raise BundleError(job.folder, ["a worker sees another bundle there"])
            _models[key] = model
        return _models[key]


def _make_empty(out: str) -> None:
    """Makes the folders. Raises SettingError where there is something already."""
    system = file_system(out)
    for folder in (out, f"{out}.rejects"):
        if system.exists(folder) and system.ls(folder):
            raise SettingError("--out", f"{folder} must be empty or not there")
        system.makedirs(folder, exist_ok=True)


def _remove_parts(out: str) -> None:
    """Removes what the workers wrote."""
    system = file_system(out)
    for name in (*system.glob(f"{out}/part-*.parquet"), *system.glob(f"{out}.rejects/part-*.csv")):
        system.rm(name)


def _check_written(out: str, parts: int) -> None:
    """Raises SettingError where the workers wrote to a place not seen from here, as their own disk or memory."""
    system = file_system(out)
    system.invalidate_cache()
    if len(system.glob(f"{out}/part-*.parquet")) < parts:
        raise SettingError("--out", "must be a place that this computer and all workers share")


def job_for(
    model: Model, folder: Path, trusted: Collection[str], out: str, *, review_band: float, reasons: bool
) -> Job:
    """The job of scoring with this model into this folder."""
    return Job(str(folder), tuple(sorted(trusted)), model.bundle.digest, out.rstrip("/"), review_band, reasons)
