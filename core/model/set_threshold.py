"""Another threshold for a trained model: a new bundle that says who changed it, why and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.errors import SettingError
from core.model.bundle_files import (
    FILES,
    MANIFEST,
    bundle_digest,
    decode_file,
    read_checked,
    read_manifest,
    replace_folder,
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


def set_threshold(folder: Path, out: Path, threshold: float, *, because: str, who: str) -> Changed:
    """Write the bundle of `folder` with another threshold to `out`, whole or not at all; all else stays as it is.

    No model is opened, so nothing of an untrusted one runs.

    Parameters
    ----------
    folder: the bundle. out: where the new one goes; the same folder is replaced.
    threshold: on P(default), between 0 and 1.
    because, who: the reason and the person, at most 2,000 characters each.

    Raises
    ------
    BundleError: a file is not the one that was written.
    SettingError: the threshold is not between 0 and 1 or the present one, or a text is empty or too long.
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
    replace_folder(out, files, lambda fresh: read_checked(fresh, read_manifest(fresh), names))
    return Changed(before, bundle_digest(digests, manifest.kind), change)
