"""A model with all it needs, as a folder: checked before anything in it is read, written whole or not at all.

    manifest.json     format, kind, SHA-256 of every other file, provenance (date, commit, versions)
    model.txt         LightGBM's text
    columns.json      the model's columns in order: source, kind, fill value, weight
    policy.json       threshold on P(default), calibration, review of thin files
    population.json   statistics of the training data: never a row, never a group under 50 people
    card.json         figures with n and intervals, data, limits
    golden.json       ten synthetic clients and their probabilities

To change the format, raise FORMAT, teach `load_bundle` the step from the older number, and write the
committed bundle again with `python -m core train`. Equal data gives equal files; only the provenance differs.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

import lightgbm as lgb
import msgspec
import numpy as np

from core.errors import BundleError
from core.records import Floats

FORMAT = 1
FILES = ("model.txt", "columns.json", "policy.json", "population.json", "card.json", "golden.json")
SMALLEST_GROUP = 50

Kind = Literal["number", "flag", "binary", "one_hot", "ratio"]
T = TypeVar("T")


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the model.

    source: the column that people know (itself, or for a one-hot the column it was made from).
    complete: the source had no missing value in training, so a missing value takes `fill`.
    weight: share of the model's information, by mean absolute SHAP value; all columns sum to 1.
    """

    name: str
    source: str
    kind: Kind
    category: str | None = None
    complete: bool = False
    essential: bool = False
    fill: float = 0.0
    weight: float = 0.0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Threshold on P(default), and the calibration: log-odds = intercept + slope · raw score."""

    threshold: float
    intercept: float = 0.0
    slope: float = 1.0


class NumberShares(msgspec.Struct, frozen=True):
    """Quantiles of a number at Population.grid, in the data set's own unit, and the share missing."""

    missing: float
    quantiles: tuple[float, ...]


class CategoryShares(msgspec.Struct, frozen=True):
    """Share of each value among those present, values of fewer than 50 people left out, and share missing."""

    missing: float
    shares: dict[str, float]


class ScoreBin(msgspec.Struct, frozen=True):
    """Clients between two out-of-fold P(default): how many, how many defaulted, sum of their AMT_CREDIT."""

    low: float
    high: float
    n: int
    defaults: int
    credit: float


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """The training data in aggregate.

    numbers, categories: by column, then by group: "all", "favourable", "unfavourable" (by the verdict of models that
    had not seen the client); a group of fewer than 50 is absent. Counts and flags are in both. Two columns that are
    left out of the model are here, and the quotient AMT_GOODS_PRICE/AMT_CREDIT.
    order: categories in the order in which the correlations rank them.
    correlated: columns, and "missing:<column>" for whether that column is missing.
    correlations: Spearman's, between `correlated` columns in order (categories by their rank in `order`).
    score_bins: equal-count bins of the out-of-fold P(default), for "all" and for each group of 50 or more a bin.
    """

    n: int
    grid: tuple[float, ...]
    numbers: dict[str, dict[str, NumberShares]]
    categories: dict[str, dict[str, CategoryShares]]
    order: dict[str, tuple[str, ...]]
    correlated: tuple[str, ...]
    correlations: tuple[tuple[float, ...], ...]
    score_bins: dict[str, tuple[ScoreBin, ...]]


class Figure(msgspec.Struct, frozen=True):
    """A measured figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the model is: data, sizes, figures on locked rows, what was left out and what that is worth."""

    name: str
    data: str
    data_fingerprint: str
    trained_rows: int
    locked_rows: int
    default_rate: float
    trees: int
    figures: dict[str, Figure]
    out_of_fold: dict[str, float]
    left_out: tuple[str, ...]
    worth: dict[str, float]
    versions: dict[str, str]
    missing_tables: tuple[str, ...] = ()


class Golden(msgspec.Struct, frozen=True):
    """One synthetic client, as it would be sent, and the P(default) it must get."""

    row: dict[str, str | float | int | None]
    probability: float


class Provenance(msgspec.Struct, frozen=True):
    """When and from which commit a bundle was written; the only part that equal data may change."""

    date: str
    commit: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Format and kind of the bundle, and the SHA-256 of each file, which are checked before it is read."""

    format: int
    kind: Literal["lightgbm"]
    sha256: dict[str, str]
    provenance: Provenance


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What `write_bundle` writes."""

    model: str
    columns: tuple[Column, ...]
    policy: Policy
    population: Population
    card: Card
    golden: tuple[Golden, ...]
    provenance: Provenance


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle; shared by every thread and never changed."""

    digest: str
    columns: tuple[Column, ...]
    policy: Policy
    population: Population
    card: Card
    golden: tuple[Golden, ...]
    provenance: Provenance
    booster: lgb.Booster

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The model's columns, in the model's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def weights(self) -> Floats:
        """Weight of each column, of shape (n_columns,), summing to 1."""
        return np.array([column.weight for column in self.columns])

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The columns people know, each once, in the model's order."""
        return tuple(dict.fromkeys(column.source for column in self.columns))


def write_bundle(contents: Contents, folder: Path) -> str:
    """Writes the folder whole or not at all, replacing what was there; returns the bundle's digest."""
    files = {
        "model.txt": contents.model.encode(),
        "columns.json": _to_json(contents.columns),
        "policy.json": _to_json(contents.policy),
        "population.json": _to_json(contents.population),
        "card.json": _to_json(contents.card),
        "golden.json": _to_json(contents.golden),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = Manifest(format=FORMAT, kind="lightgbm", sha256=digests, provenance=contents.provenance)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = scratch / "new"
        fresh.mkdir()
        for name, content in {**files, "manifest.json": _to_json(manifest)}.items():
            (fresh / name).write_bytes(content)
        load_bundle(fresh)
        if folder.exists():
            folder.rename(scratch / "old")
        fresh.rename(folder)
    finally:
        if not folder.exists() and (scratch / "old").exists():
            (scratch / "old").rename(folder)
        shutil.rmtree(scratch, ignore_errors=True)
    return bundle_digest(digests)


def load_bundle(folder: Path) -> Bundle:
    """The bundle in a folder, after every file's SHA-256 was found right.

    Raises BundleError that lists everything found wrong; nothing is parsed before the digests held.
    """
    manifest = _decode(folder, "manifest.json", _read(folder, "manifest.json"), Manifest)
    if manifest.format != FORMAT:
        raise BundleError(folder.name, [f"its format is {manifest.format}, this version reads {FORMAT}"])
    files: dict[str, bytes] = {}
    findings: list[str] = []
    for name in FILES:
        try:
            files[name] = _read(folder, name)
        except BundleError as error:
            findings += error.findings
            continue
        if manifest.sha256.get(name) != hashlib.sha256(files[name]).hexdigest():
            findings.append(f"{name} is not the file that was written")
    if findings:
        raise BundleError(folder.name, findings)
    columns = _decode(folder, "columns.json", files["columns.json"], tuple[Column, ...])
    booster = lgb.Booster(model_str=files["model.txt"].decode())
    if booster.num_feature() != len(columns):
        raise BundleError(folder.name, ["columns.json and model.txt differ in their number of columns"])
    return Bundle(
        digest=bundle_digest(manifest.sha256),
        columns=columns,
        policy=_decode(folder, "policy.json", files["policy.json"], Policy),
        population=_decode(folder, "population.json", files["population.json"], Population),
        card=_decode(folder, "card.json", files["card.json"], Card),
        golden=_decode(folder, "golden.json", files["golden.json"], tuple[Golden, ...]),
        provenance=manifest.provenance,
        booster=booster,
    )


def bundle_digest(sha256: Mapping[str, str]) -> str:
    """One SHA-256 (hex) for the whole bundle, of its files' digests; the provenance does not count."""
    return hashlib.sha256("".join(sha256[name] for name in FILES).encode()).hexdigest()


def _to_json(record: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise BundleError(folder.name, [f"{name} is not there or cannot be read"]) from None


def _decode(folder: Path, name: str, content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise BundleError(folder.name, [f"{name}: {error}"]) from None
