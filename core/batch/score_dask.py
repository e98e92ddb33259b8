"""The same command over a Dask cluster, where one machine is too slow: from Parquet to Parquet, at any fsspec path.

Each partition is scored by `core.batch.scorer.scored`, as everywhere, so the answers are the same bit for bit. What a
worker is sent is a path, some row groups and the bundle's folder, which it must see; it opens the bundle once. A
partition's files have names of their own and may be written twice, so a worker that dies costs nothing but time.

Dask's messages are pickles: whoever reaches the scheduler runs code on the workers. Use a cluster of your own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign
from core.alignment.table import Table
from core.batch.export import results_table
from core.batch.local_cluster import local_cluster
from core.batch.progress import Progress
from core.batch.rejects import names_in, sentences, write_rejects
from core.batch.score_file import TOGETHER, Scored, Tally
from core.batch.scorer import scored
from core.batch.sources import SourceIndex, ids_in, repeated_among
from core.errors import BundleError, Problem, SettingError, UnreadableInput
from core.readers.decimal_sign import DecimalChoice, find_decimal_sign
from core.readers.parquet_reader import open_parquet, read_parquet_tables
from core.scoring.assess import Model, open_model

ROWS_A_PARTITION = 50_000
WRITTEN = "_SUCCESS"


@dataclass(frozen=True, slots=True)
class Partition:
    """Some row groups of a Parquet file; `before` rows of the whole stand before the first of them."""

    place: int
    path: str
    groups: tuple[int, ...]
    n_rows: int
    before: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalSign | None = None

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table]]:
        """(number of rows before, rows) of each piece, in order."""
        import fsspec

        before = self.before
        with fsspec.open(self.path, "rb") as opened:
            for table in read_parquet_tables(opened, groups=list(self.groups), only_ids=only_ids):
                names = tuple(self.renamed.get(name, name) for name in table.names)
                yield before, replace(table, names=names, decimal=self.decimal)
                before += len(table)


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
    workers write elsewhere, UnreadableInput where the input is no table of clients.
    """
    import distributed

    dask: Any = distributed
    start = time.monotonic()
    _make_empty(job.out)
    parts = settled(partitions(path), vocabulary, decimal)
    with ExitStack() as opened:
        address = opened.enter_context(local_cluster(cluster)) if isinstance(cluster, int) else cluster
        client = opened.enter_context(dask.Client(address))
        ids = client.gather(client.map(ids_in, parts, pure=False, key="ids"))
        repeated = repeated_among(np.concatenate(ids))
        works = client.map(score_partition, parts, job=job, repeated=repeated, pure=False, key="score")
        tally = Tally()
        done, total = 0, sum(part.n_rows for part in parts)
        for _, outcome in dask.as_completed(works, with_results=True):
            tally.add(outcome.tally)
            done += outcome.rows
            on_pace(Progress(done, total, time.monotonic() - start))
    _check_written(job.out, len(parts))
    _file_system(job.out).touch(f"{job.out}/{WRITTEN}")
    return Scored(
        n_rows=total,
        tally=tally,
        seconds=time.monotonic() - start,
        out=job.out,
        rejects=f"{job.out}.rejects",
    )


def partitions(path: str) -> list[Partition]:
    """The row groups of a file, or of all files in a folder by name, in parts of some ROWS_A_PARTITION rows."""
    import fsspec

    system = _file_system(path)
    files = [path]
    if system.isdir(path):
        named = sorted(system.glob(f"{path.rstrip('/')}/**/*.parquet"))
        files = [system.unstrip_protocol(name) for name in named]
    found: list[Partition] = []
    before = 0
    try:
        for name in files:
            with fsspec.open(name, "rb") as opened:
                told = open_parquet(opened).metadata
            for groups in _grouped([told.row_group(place).num_rows for place in range(told.num_row_groups)]):
                rows = sum(told.row_group(place).num_rows for place in groups)
                found.append(Partition(len(found), name, tuple(groups), rows, before))
                before += rows
    except (OSError, ValueError):
        raise UnreadableInput([Problem("file_not_there")]) from None
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])
    return found


def settled(parts: Sequence[Partition], vocabulary: Vocabulary, choice: DecimalChoice) -> list[Partition]:
    """The same with their columns matched to the model's names, and the decimal sign of all their numbers.

    Raises InputRefused where a number means two things and nothing proves which.
    """
    names = next(parts[0].pieces())[1].names
    renamed = match_names(names, vocabulary.names)
    parts = [replace(part, renamed=renamed) for part in parts]
    tables = (piece for part in parts for piece in part.pieces())
    sign = find_decimal_sign(tables, vocabulary.numbers, choice)
    return [replace(part, decimal=sign) for part in parts]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one partition: rows, and what they add up to."""

    rows: int
    tally: Tally


def score_partition(part: Partition, *, job: Job, repeated: Mapping[int, Sequence[int]]) -> Outcome:
    """Scores one partition and writes its file, and another with its refused rows if there are any."""
    import fsspec

    model = _opened(job)
    known = SourceIndex(part.n_rows, repeated)
    tally = Tally()
    tables: list[pa.Table] = []
    rejected: list[tuple[Mapping[str, object], str]] = []
    chunks = scored(
        model, part, known, review_band=job.review_band, reasons=job.reasons, rejects=True, together=TOGETHER
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


def _grouped(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Places of row groups, as many together as make a partition."""
    groups: list[int] = []
    for place, size in enumerate(sizes):
        if groups and sum(sizes[each] for each in groups) + size > ROWS_A_PARTITION:
            yield groups
            groups = []
        groups.append(place)
    if groups:
        yield groups


def _make_empty(out: str) -> None:
    """Makes the folders. Raises SettingError where there is something already."""
    system = _file_system(out)
    for folder in (out, f"{out}.rejects"):
        if system.exists(folder) and system.ls(folder):
            raise SettingError("--out", f"{folder} must be empty or not there")
        system.makedirs(folder, exist_ok=True)


def _check_written(out: str, parts: int) -> None:
    """Raises SettingError where the workers wrote to a place not seen from here, as their own disk or memory."""
    system = _file_system(out)
    system.invalidate_cache()
    if len(system.glob(f"{out}/part-*.parquet")) < parts:
        raise SettingError("--out", "must be a place that this computer and all workers share")


def _file_system(path: str) -> Any:
    import fsspec

    return fsspec.core.url_to_fs(path)[0]


def job_for(
    model: Model, folder: Path, trusted: Collection[str], out: str, *, review_band: float, reasons: bool
) -> Job:
    """The job of scoring with this model into this folder."""
    return Job(str(folder), tuple(sorted(trusted)), model.bundle.digest, out.rstrip("/"), review_band, reasons)
