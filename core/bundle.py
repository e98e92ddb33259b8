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
from typing import TypeVar

import lightgbm as lgb
import msgspec
import numpy as np

from core.contents import Card, Column, Contents, Golden, Manifest, Policy, Population, Provenance
from core.errors import BundleError
from core.records import Floats

FORMAT = 1
FILES = ("model.txt", "columns.json", "policy.json", "population.json", "card.json", "golden.json")
SMALLEST_GROUP = 50

T = TypeVar("T")


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
