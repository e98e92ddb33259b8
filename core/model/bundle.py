"""A bundle: the folder of one model. Its files are checked before they are parsed, and written whole or not at all.

    manifest.json     format, kind, SHA-256 of every other file, provenance (date, commit, versions)
    model.txt         LightGBM's text; or, in a bundle of the kind "joblib",
    model.joblib      a scikit-learn estimator or pipeline, unpickled only if the operator trusts its SHA-256
    columns.json      the model's columns in order: source, kind, fill value, weight
    policy.json       threshold on P(default), calibration
    population.json   statistics of the training data: never a row, never a group under 50 people
    card.json         figures with n and intervals, data, limits
    golden.json       ten synthetic clients and their probabilities
    synthetic.json    rank correlations of the training data, read only to generate synthetic clients

Format 1 had the rank correlations in population.json. To change the format, raise FORMAT, make `load_bundle` read the
older format too, and write the committed bundle again with `python -m core train`. Equal data gives equal files;
only the provenance differs.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from core.errors import BundleError
from core.model.estimator import Estimator, open_estimator
from core.model.files import read_file
from core.model.probe import survives
from core.model.schema import (
    ALL,
    BundleSpec,
    Card,
    Column,
    Correlations,
    Golden,
    Manifest,
    ModelKind,
    Policy,
    Population,
    Provenance,
)
from core.records import Floats

FORMAT = 2
READ = (1, FORMAT)
MODEL_FILE: Mapping[ModelKind, str] = {"lightgbm": "model.txt", "joblib": "model.joblib"}
RECORDS = ("columns.json", "policy.json", "population.json", "card.json", "golden.json")
SYNTHETIC = "synthetic.json"
SERVED: Mapping[ModelKind, tuple[str, ...]] = {kind: (name, *RECORDS) for kind, name in MODEL_FILE.items()}
FILES: Mapping[ModelKind, tuple[str, ...]] = {kind: (*names, SYNTHETIC) for kind, names in SERVED.items()}
"""The files of each kind of bundle, without the manifest; serving reads only those in SERVED."""
INDENTED = frozenset({"columns.json", "policy.json", "card.json", "golden.json", "manifest.json"})
"""The files that people read; indentation would double the size of the others."""
SMALLEST_GROUP = 50
"""No published statistic describes fewer people than this."""

T = TypeVar("T")


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle; immutable and shared by all threads."""

    digest: str
    columns: tuple[Column, ...]
    policy: Policy
    population: Population
    card: Card
    golden: tuple[Golden, ...]
    provenance: Provenance
    estimator: Estimator

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The model's columns, in the model's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def weights(self) -> Floats:
        """Weight of each column, of shape (n_columns,), summing to 1."""
        return np.array([column.weight for column in self.columns])

    @cached_property
    def seen(self) -> tuple[Floats, Floats]:
        """Between which numbers almost all of training lay, each of shape (n_columns,); infinite where unknown."""
        shares = [self.population.numbers.get(column.name, {}).get(ALL) for column in self.columns]
        ends = [(-np.inf, np.inf) if each is None else (each.quantiles[0], each.quantiles[-1]) for each in shares]
        low, high = np.array(ends, dtype=np.float64).reshape(-1, 2).T
        return low, high

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The source columns, each once, in the model's order."""
        return tuple(self.slots)

    @cached_property
    def slots(self) -> dict[str, tuple[int, ...]]:
        """The positions of each source column's model columns, in the model's order."""
        slots_of: dict[str, list[int]] = {}
        for slot, column in enumerate(self.columns):
            slots_of.setdefault(column.source, []).append(slot)
        return {source: tuple(slots) for source, slots in slots_of.items()}


def write_bundle(contents: BundleSpec, folder: Path) -> str:
    """Write a bundle whole or not at all, replacing its folder; returns its digest. Raises BundleError if it is bad."""
    model = contents.model.encode() if isinstance(contents.model, str) else contents.model
    records = {
        "columns.json": contents.columns,
        "policy.json": contents.policy,
        "population.json": contents.population,
        "card.json": contents.card,
        "golden.json": contents.golden,
        SYNTHETIC: contents.synthetic,
    }
    files = {MODEL_FILE[contents.kind]: model, **{name: _to_json(name, record) for name, record in records.items()}}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = Manifest(format=FORMAT, kind=contents.kind, sha256=digests, provenance=contents.provenance)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = scratch / "new"
        fresh.mkdir()
        for name, content in {**files, "manifest.json": _to_json("manifest.json", manifest)}.items():
            (fresh / name).write_bytes(content)
        load_bundle(fresh, trusted={digests[MODEL_FILE[contents.kind]]})
        if folder.exists():
            folder.rename(scratch / "old")
        fresh.rename(folder)
    finally:
        if not folder.exists() and (scratch / "old").exists():
            (scratch / "old").rename(folder)
        shutil.rmtree(scratch, ignore_errors=True)
    return bundle_digest(digests, contents.kind)


def load_bundle(folder: Path, trusted: Collection[str] = (), digest: str = "") -> Bundle:
    """Load the bundle in a folder, after checking the SHA-256 of every file that serving reads.

    Parameters
    ----------
    folder: the bundle's folder.
    trusted: SHA-256 digests (lower-case hex) of the joblib files that may be unpickled.
    digest: the digest that the bundle must have, "" for any. The manifest alone proves nothing against a person who
        can write to the folder; so without a digest, LightGBM first reads the model in a separate process, which a
        malformed model may crash.

    Raises
    ------
    BundleError: lists all findings; no file is parsed before its digest was checked.
    """
    manifest = read_manifest(folder)
    files = _read_checked(folder, manifest, SERVED[manifest.kind])
    actual = bundle_digest(manifest.sha256, manifest.kind)
    if digest and actual != digest.lower():
        raise BundleError(folder.name, [f"its digest is {actual}, and MODEL_DIGEST wants {digest.lower()}"])
    model_file = MODEL_FILE[manifest.kind]
    if manifest.kind == "joblib" and manifest.sha256[model_file] not in trusted:
        raise BundleError(folder.name, [_not_trusted(manifest.sha256[model_file])])
    columns = _decode(folder, "columns.json", files["columns.json"], tuple[Column, ...])
    content = files[model_file]
    try:
        model = content.decode() if manifest.kind == "lightgbm" else content
        if isinstance(model, str) and not digest and not survives(model):
            raise ValueError("LightGBM cannot read model.txt")
        estimator = open_estimator(model, [column.name for column in columns])
    except ValueError as error:
        raise BundleError(folder.name, [str(error)]) from None
    return Bundle(
        digest=actual,
        columns=columns,
        policy=_decode(folder, "policy.json", files["policy.json"], Policy),
        population=_decode(folder, "population.json", files["population.json"], Population),
        card=_decode(folder, "card.json", files["card.json"], Card),
        golden=_decode(folder, "golden.json", files["golden.json"], tuple[Golden, ...]),
        provenance=manifest.provenance,
        estimator=estimator,
    )


def load_correlations(folder: Path) -> Correlations:
    """The correlations from which synthetic clients are generated; empty if not known. Raises BundleError."""
    manifest = read_manifest(folder)
    # In format 1 the same fields are part of population.json.
    name = "population.json" if manifest.format == 1 else SYNTHETIC
    return _decode(folder, name, _read_checked(folder, manifest, (name,))[name], Correlations)


def bundle_of(contents: BundleSpec) -> Bundle:
    """The bundle of these contents, made in memory; its digest is empty.

    It unpickles an estimator given as bytes, so use it only for contents made by this process. Raises ValueError.
    """
    return Bundle(
        digest="",
        columns=contents.columns,
        policy=contents.policy,
        population=contents.population,
        card=contents.card,
        golden=contents.golden,
        provenance=contents.provenance,
        estimator=open_estimator(contents.model, [column.name for column in contents.columns]),
    )


def bundle_digest(sha256: Mapping[str, str], kind: ModelKind) -> str:
    """The SHA-256 (hex) of the digests of a bundle's files; the provenance is not part of it."""
    return hashlib.sha256("".join(sha256[name] for name in FILES[kind] if name in sha256).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """What the bundle in a folder says of its files, unchecked but for its format. Raises BundleError."""
    manifest = _decode(folder, "manifest.json", read_file(folder, "manifest.json"), Manifest)
    if manifest.format not in READ:
        known = " and ".join(map(str, READ))
        raise BundleError(folder.name, [f"its format is {manifest.format}, this version reads {known}"])
    return manifest


def _read_checked(folder: Path, manifest: Manifest, names: Sequence[str]) -> dict[str, bytes]:
    """Read files and check the SHA-256 of each. Raises BundleError that lists all findings."""
    files: dict[str, bytes] = {}
    findings: list[str] = []
    for name in names:
        try:
            files[name] = read_file(folder, name)
        except BundleError as error:
            findings += error.findings
            continue
        if manifest.sha256.get(name) != hashlib.sha256(files[name]).hexdigest():
            findings.append(f"{name} is not the file that was written")
    if findings:
        raise BundleError(folder.name, findings)
    return files


def _not_trusted(digest: str) -> str:
    return (
        "model.joblib runs code when it is loaded and is not trusted here; if you know who wrote it, "
        f"add its SHA-256 {digest} to the setting TRUSTED_MODELS"
    )


def _to_json(name: str, record: object) -> bytes:
    encoded = msgspec.json.encode(record)
    return (msgspec.json.format(encoded, indent=1) if name in INDENTED else encoded) + b"\n"


def _decode(folder: Path, name: str, content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise BundleError(folder.name, [f"{name}: {error}"]) from None
