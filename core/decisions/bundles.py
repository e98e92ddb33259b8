"""The bundles that decided: a copy of each is kept under DATA_DIR/bundles, so that its answers can be had again."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path

from core.errors import BundleError, JournalError, Problem
from core.model.bundle_files import bundle_digest, read_manifest
from core.scoring.assess import Model, open_model

log = logging.getLogger("aval.journal")
BUNDLES = "bundles"


def keep_bundle(folder: Path, digest: str, data_folder: Path) -> bool:
    """Copy the bundle that serves into the data folder, whole or not at all, unless it is there.

    Parameters
    ----------
    folder: the bundle's. digest: of the bundle that was loaded; where the folder holds another one by now, nothing is
        kept.

    Returns
    -------
    Whether it is there now. A decision does not wait for that: a later replay names the digest that is missing.
    """
    kept = data_folder / BUNDLES / digest
    if kept.exists():
        return True
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".bundle-", dir=kept.parent) as scratch:
            copy = Path(scratch) / "copy"
            shutil.copytree(folder, copy)
            if _digest(copy) != digest:
                return False
            try:
                copy.rename(kept)
            except OSError:
                # Another process was faster.
                return kept.exists()
        return True
    except (OSError, BundleError) as error:
        log.warning("the bundle that decided could not be kept: %s", type(error).__name__)
        return False


def models_by_digest(folder: Path, data_folder: Path, trusted: Collection[str] = ()) -> Callable[[str], Model]:
    """Opens the model with a digest: a kept bundle, or the one that serves.

    The function returned raises JournalError that names the digest where no bundle has it or the one kept is damaged.
    """

    @lru_cache(maxsize=2)
    def model(digest: str) -> Model:
        for candidate in (data_folder / BUNDLES / digest, folder):
            try:
                return open_model(candidate, trusted, digest)
            except BundleError:
                continue
        raise JournalError(Problem("journal_without_bundle", facts={"digest": digest}))

    return model


def _digest(folder: Path) -> str:
    """Read a bundle's digest from its manifest; opening the bundle checks every file against the manifest."""
    manifest = read_manifest(folder)
    return bundle_digest(manifest.sha256, manifest.kind)
