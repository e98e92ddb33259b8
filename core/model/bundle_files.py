"""The files of a bundle's folder: their names, their digests, and how they are read and written whole."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from core.errors import BundleError
from core.model.files import read_file
from core.model.schema import Manifest, ModelKind

FORMAT = 3
READ = (1, 2, FORMAT)
MODEL_FILE: Mapping[ModelKind, str] = {"lightgbm": "model.txt", "joblib": "model.joblib"}
RECORDS = ("columns.json", "policy.json", "population.json", "card.json", "golden.json")
MANIFEST = "manifest.json"
MONITORING = "monitoring.json"
SYNTHETIC = "synthetic.json"
SERVED: Mapping[ModelKind, tuple[str, ...]] = {kind: (name, *RECORDS, MONITORING) for kind, name in MODEL_FILE.items()}
FILES: Mapping[ModelKind, tuple[str, ...]] = {kind: (*names, SYNTHETIC) for kind, names in SERVED.items()}
"""The files of each kind of bundle, without the manifest; serving reads only those in SERVED."""
INDENTED = frozenset({"columns.json", "policy.json", "card.json", "golden.json", MANIFEST})
"""The files that people read; indentation would double the size of the others."""

T = TypeVar("T")
Publish = Callable[[], None]
"""Puts files that were written aside into their place."""


def bundle_digest(sha256: Mapping[str, str], kind: ModelKind) -> str:
    """The SHA-256 (hex) of the digests of a bundle's files; the provenance is not part of it."""
    return hashlib.sha256("".join(sha256[name] for name in FILES[kind] if name in sha256).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """What the bundle in a folder says of its files, unchecked but for its format. Raises BundleError."""
    manifest = decode_file(folder, MANIFEST, read_file(folder, MANIFEST), Manifest)
    if manifest.format not in READ:
        known = f"{', '.join(map(str, READ[:-1]))} and {READ[-1]}"
        raise BundleError(folder.name, [f"its format is {manifest.format}, this version reads {known}"])
    return manifest


def read_checked(folder: Path, manifest: Manifest, names: Sequence[str]) -> dict[str, bytes]:
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


def replace_folder(folder: Path, files: Mapping[str, bytes], check: Callable[[Path], object]) -> None:
    """Write files into a folder whole or not at all, replacing it; `check` may raise once they are written aside."""
    with staged_folder(folder, files, check) as publish:
        publish()


@contextmanager
def staged_folder(folder: Path, files: Mapping[str, bytes], check: Callable[[Path], object]) -> Iterator[Publish]:
    """Write files beside a folder; the function that it yields puts them in the folder's place.

    If the block fails, before or after that, the folder is as it was. `check` may raise once the files are written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    fresh, old = scratch / "new", scratch / "old"
    published = False

    def publish() -> None:
        nonlocal published
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        published = True

    try:
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        check(fresh)
        yield publish
    except BaseException:
        if published:
            folder.rename(fresh)
        if old.exists():
            old.rename(folder)
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def to_json(name: str, record: object) -> bytes:
    """A record as the content of the bundle's file of this name."""
    encoded = msgspec.json.encode(record)
    return (msgspec.json.format(encoded, indent=1) if name in INDENTED else encoded) + b"\n"


def decode_file(folder: Path, name: str, content: bytes, kind: type[T]) -> T:
    """The record in the content of a bundle's file. Raises BundleError."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise BundleError(folder.name, [f"{name}: {error}"]) from None
