"""Another threshold for a trained model: a new bundle that says who changed it, why and when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.errors import SettingError
from core.model.bundle_files import (
    FILES,
    MANIFEST,
    Publish,
    bundle_digest,
    decode_file,
    read_checked,
    read_manifest,
    staged_folder,
    to_json,
)
from core.model.schema import Policy, ThresholdChange

POLICY = "policy.json"
MAX_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Changed:
    """The digest before and after, and the change."""

    digest_before: str
    digest: str
    change: ThresholdChange


def without_entry(changed: Changed, publish: Publish) -> None:
    """Publish the new bundle and write no entry anywhere."""
    publish()


def set_threshold(
    folder: Path,
    out: Path,
    threshold: float,
    *,
    because: str,
    who: str,
    record: Callable[[Changed, Publish], None] = without_entry,
) -> Changed:
    """Write the bundle of `folder` with another threshold to `out`, whole or not at all; all else stays as it is.

    No model is opened, so nothing of an untrusted one runs.

    Parameters
    ----------
    folder: the bundle. out: where the new one goes; the same folder is replaced.
    threshold: on P(default), between 0 and 1.
    because, who: the reason and the person, at most 2,000 characters each.
    record: writes the change elsewhere, and publishes the new bundle where both come to stand together. What it raises
        leaves `out` as it was.

    Raises
    ------
    BundleError: a file is not the one that was written.
    SettingError: the threshold is not between 0 and 1 or the present one, a text is empty or too long, or `out` cannot
        be written.
    """
    if not 0.0 < threshold < 1.0:
        raise SettingError("VALUE", "must be a probability of default between 0 and 1, such as 0.15")
    for name, words in (("--because", because.strip()), ("--by", who.strip())):
        if not words or len(words) > MAX_WORDS:
            raise SettingError(name, f"must say something, in at most {MAX_WORDS} characters")
    manifest = read_manifest(folder)
    names = [name for name in FILES[manifest.kind] if name in manifest.sha256]
    files = read_checked(folder, manifest, names)
    policy = decode_file(folder, POLICY, files[POLICY], Policy)
    if threshold == policy.threshold:
        raise SettingError("VALUE", "must be another threshold than the present one")
    before = bundle_digest(manifest.sha256, manifest.kind)
    change = ThresholdChange(
        before=policy.threshold,
        after=threshold,
        who=who.strip(),
        because=because.strip(),
        when=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        bundle=before,
    )
    changes = (*(policy.changes or ()), change)
    files[POLICY] = to_json(POLICY, msgspec.structs.replace(policy, threshold=threshold, changes=changes))
    digests = manifest.sha256 | {POLICY: hashlib.sha256(files[POLICY]).hexdigest()}
    files[MANIFEST] = to_json(MANIFEST, msgspec.structs.replace(manifest, sha256=digests))
    changed = Changed(before, bundle_digest(digests, manifest.kind), change)
    with _in_words(out), staged_folder(out, files, lambda new: read_checked(new, read_manifest(new), names)) as publish:

        def put_in_place() -> None:
            with _in_words(out):
                publish()

        record(changed, put_in_place)
    return changed


def changes_of(folder: Path) -> tuple[Changed, ...]:
    """The changes of the threshold that a bundle tells of, the oldest first.

    Raises BundleError: a file is not the one that was written.
    """
    manifest = read_manifest(folder)
    policy = decode_file(folder, POLICY, read_checked(folder, manifest, [POLICY])[POLICY], Policy)
    return changes_in(policy, bundle_digest(manifest.sha256, manifest.kind))


def changes_in(policy: Policy, digest: str) -> tuple[Changed, ...]:
    """The changes of the threshold that a bundle's policy tells of, the oldest first. digest: of the bundle."""
    changes = policy.changes or ()
    after = [*(each.bundle for each in changes[1:]), digest]
    return tuple(Changed(change.bundle, made, change) for change, made in zip(changes, after, strict=False))


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Raises SettingError in place of what the disk raises."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingError("--out", f"must be a folder that can be written; {folder.name} cannot: {why}") from None
