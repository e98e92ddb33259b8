"""Checks a journal's export in JSON lines without a line of Aval's code: python audit.py EXPORT [HEAD]

Standard library only. Prints what was checked and ends with 0, or names the first entry that is not as it was written
and ends with 1.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Iterable
from pathlib import Path


def audit(lines: Iterable[str], head: str = "") -> tuple[int, int, int]:
    """The number of entries, decisions and parts; raises ValueError that names the first entry that does not hold."""
    previous, last, decisions, parts = "0" * 64, 0, 0, 0
    erased: set[int] = set()
    lacking: set[int] = set()
    for line in lines:
        entry = json.loads(line)
        body, n = json.loads(entry["body"]), last + 1
        if hashlib.sha256(entry["body"].encode()).hexdigest() != entry["hash"]:
            raise ValueError(f"entry {n}: the hash is not that of its body")
        if (entry["sequence"], body["sequence"], body["previous"]) != (n, n, previous):
            raise ValueError(f"entry {n}: it does not follow entry {last}")
        for name, part in entry["parts"].items():
            digest = hmac.new(bytes.fromhex(part["salt"]), f"{name}:{part['value']}".encode(), hashlib.sha256)
            if digest.hexdigest() != body["digests"].get(name):
                raise ValueError(f"entry {n}: {name} is not what was written")
            parts += 1
        if body["kind"] == "erasure":
            erased |= set(body["entries"])
        else:
            decisions += body["kind"] == "decision"
            if set(body["digests"]) - set(entry["parts"]):
                lacking.add(n)
        previous, last = entry["hash"], n
    if lacking - erased:
        raise ValueError(f"entry {min(lacking - erased)}: parts are missing that nobody erased")
    if head and head != f"{last}:{previous}":
        raise ValueError(f"entry {last}: it is not the head that was kept")
    return last, decisions, parts


if __name__ == "__main__":
    try:
        with Path(sys.argv[1]).open(encoding="utf-8") as file:
            entries, decisions, parts = audit(file, *sys.argv[2:])
        print(f"{entries} entries, {decisions} decisions, {parts} parts: all as written")
    except (ValueError, KeyError) as error:
        sys.exit(str(error))
