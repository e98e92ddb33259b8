"""A bundle: the folder of one model. Its files are checked before they are parsed, and written whole or not at all.

    manifest.json     format, kind, SHA-256 of every other file, provenance (date, commit, versions)
    model.txt         LightGBM's text; or, in a bundle of the kind "joblib",
    model.joblib      a scikit-learn estimator or pipeline, unpickled only if the operator trusts its SHA-256
    columns.json      the model's columns in order: source, kind, fill value, weight
    policy.json       threshold on P(default), calibration
    population.json   statistics of the training data: never a row, never a group under 50 people
    card.json         figures with n and intervals, data, limits
    golden.json       ten synthetic clients and their probabilities
    monitoring.json   outcomes by score, of all clients and by group
    synthetic.json    rank correlations of the training data, read only to generate synthetic clients

Format 1 had the rank correlations in population.json, and format 2 no monitoring.json. To change the format, raise
FORMAT, make `load_bundle` read the older format too, and write the committed bundle again with
`python -m core train`. Equal data gives equal files; only the provenance differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BundleError
from core.model.bundle_files import (
    FORMAT,
    MANIFEST,
    MODEL_FILE,
    MONITORING,
    SERVED,
    SYNTHETIC,
    bundle_digest,
    decode_file,
    read_checked,
    read_manifest,
    replace_folder,
    to_json,
)
from core.model.estimator import Estimator, open_estimator
from core.model.outcomes import Monitoring
from core.model.probe import survives
from core.model.schema import (
    ALL,
    BundleSpec,
    Card,
    Column,
    Correlations,
    Golden,
    Manifest,
    Policy,
    Population,
    Provenance,
)
from core.records import Floats

Places = NDArray[np.intp]

NO_OUTCOMES = Monitoring()
SMALLEST_GROUP = 50
"""No published statistic describes fewer people than this."""


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
    monitoring: Monitoring = NO_OUTCOMES

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

    @cached_property
    def slots_by_source(self) -> tuple[Places, Places]:
        """The slots of all sources one after the other, and where those of each source begin among them."""
        ends = np.cumsum([len(slots) for slots in self.slots.values()])
        return np.concatenate([*self.slots.values(), []]).astype(np.intp), np.array([0, *ends[:-1]], dtype=np.intp)

    @cached_property
    def alphabetical(self) -> Places:
        """The place of each source among all in alphabetical order, of shape (n_sources,)."""
        places = np.empty(len(self.sources), dtype=np.intp)
        places[sorted(range(len(self.sources)), key=self.sources.__getitem__)] = np.arange(len(self.sources))
        return places

    @cached_property
    def in_letters(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Place and slots of each source whose values people know as words: categories, yes and no."""
        return tuple(
            (place, slots)
            for place, slots in enumerate(self.slots.values())
            if self.columns[slots[0]].kind in ("one_hot", "binary")
        )


def write_bundle(contents: BundleSpec, folder: Path) -> str:
    """Write a bundle whole or not at all, replacing its folder; returns its digest. Raises BundleError if it is bad."""
    model = contents.model.encode() if isinstance(contents.model, str) else contents.model
    records = {
        "columns.json": contents.columns,
        "policy.json": contents.policy,
        "population.json": contents.population,
        "card.json": contents.card,
        "golden.json": contents.golden,
        MONITORING: contents.monitoring,
        SYNTHETIC: contents.synthetic,
    }
    files = {MODEL_FILE[contents.kind]: model, **{name: to_json(name, record) for name, record in records.items()}}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = Manifest(format=FORMAT, kind=contents.kind, sha256=digests, provenance=contents.provenance)
    replace_folder(
        folder,
        {**files, MANIFEST: to_json(MANIFEST, manifest)},
        lambda fresh: load_bundle(fresh, trusted={digests[MODEL_FILE[contents.kind]]}),
    )
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
    names = [name for name in SERVED[manifest.kind] if name != MONITORING or manifest.format >= FORMAT]
    files = read_checked(folder, manifest, names)
    actual = bundle_digest(manifest.sha256, manifest.kind)
    if digest and actual != digest.lower():
        raise BundleError(folder.name, [f"its digest is {actual}, and MODEL_DIGEST wants {digest.lower()}"])
    model_file = MODEL_FILE[manifest.kind]
    if manifest.kind == "joblib" and manifest.sha256[model_file] not in trusted:
        raise BundleError(folder.name, [_not_trusted(manifest.sha256[model_file])])
    columns = decode_file(folder, "columns.json", files["columns.json"], tuple[Column, ...])
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
        policy=decode_file(folder, "policy.json", files["policy.json"], Policy),
        population=decode_file(folder, "population.json", files["population.json"], Population),
        card=decode_file(folder, "card.json", files["card.json"], Card),
        golden=decode_file(folder, "golden.json", files["golden.json"], tuple[Golden, ...]),
        provenance=manifest.provenance,
        estimator=estimator,
        monitoring=decode_file(folder, MONITORING, files.get(MONITORING, b"{}"), Monitoring),
    )


def load_correlations(folder: Path) -> Correlations:
    """The correlations from which synthetic clients are generated; empty if not known. Raises BundleError."""
    manifest = read_manifest(folder)
    # In format 1 the same fields are part of population.json.
    name = "population.json" if manifest.format == 1 else SYNTHETIC
    return decode_file(folder, name, read_checked(folder, manifest, (name,))[name], Correlations)


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
        monitoring=contents.monitoring,
    )


def _not_trusted(digest: str) -> str:
    return (
        "model.joblib runs code when it is loaded and is not trusted here; if you know who wrote it, "
        f"add its SHA-256 {digest} to the setting TRUSTED_MODELS"
    )
