"""What gzip packed is unpacked within its limits, to the byte and to the member."""

from __future__ import annotations

import gzip
import io

import pytest

from core.errors import TooLarge
from core.readers.detect import Unpacked

MEMBERS = gzip.compress(b"SK_ID_CURR\n") + gzip.compress(b"100001\n") + gzip.compress(b"100002\n")
TEXT = b"SK_ID_CURR\n100001\n100002\n"


def test_as_many_members_as_are_allowed_are_read_and_one_more_is_refused() -> None:
    assert Unpacked(io.BytesIO(MEMBERS), 1000, max_members=3).read() == TEXT
    with pytest.raises(TooLarge) as refused:
        Unpacked(io.BytesIO(MEMBERS), 1000, max_members=2).read()
    assert [(each.code, each.facts) for each in refused.value.problems] == [("file_of_many_members", {"limit": 2})]


def test_as_many_bytes_as_are_allowed_are_read_and_one_more_is_refused() -> None:
    assert Unpacked(io.BytesIO(MEMBERS), len(TEXT)).read() == TEXT
    with pytest.raises(TooLarge):
        Unpacked(io.BytesIO(MEMBERS), len(TEXT) - 1).read()
