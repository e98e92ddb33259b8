"""Two visitors' files never share a name, however alike they are: every kind of download, in Streamlit's own store."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.components.downloads import MIME_TYPES, unique_mime_type
from pages.components.streamlit_memory import keep_downloads

SAMPLE = 2**16
FIRST = bytes(2**21)
SECOND = FIRST[:SAMPLE] + b"\x01" + FIRST[SAMPLE + 1 :]
"""As long as the first file and equal in all three samples."""


def served(manager: MediaFileManager, storage: MemoryMediaFileStorage, mime_type: str, content: bytes) -> bytes:
    """What a visitor gets who presses a download button of this MIME type for this content."""
    address = manager.execute_deferred(manager.add_deferred(lambda: content, mime_type, "1", "file"))
    return storage.get_file(PurePosixPath(address).name).content


def test_streamlit_alone_serves_the_first_file_to_both() -> None:
    """Why the parameter is needed; once this fails, it is not."""
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    assert [served(manager, storage, "text/csv", each) for each in (FIRST, SECOND)] == [FIRST, FIRST]


@pytest.mark.parametrize("kind", MIME_TYPES)
def test_two_files_of_equal_length_and_samples_are_each_served_as_they_are(kind: str) -> None:
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    for content in (FIRST, SECOND, FIRST):
        assert served(manager, storage, unique_mime_type(kind), content) == content


@pytest.mark.parametrize("kind", MIME_TYPES)
def test_a_name_cannot_be_computed_from_the_file(kind: str) -> None:
    storage = MemoryMediaFileStorage("/media")
    names = {storage.load_and_get_id(b"short", unique_mime_type(kind), None, "file") for _ in range(100)}  # type: ignore[arg-type]
    assert len(names) == 100


@pytest.mark.parametrize("kept", [False, True])
def test_a_download_outlives_the_pages_that_others_draw_meanwhile(kept: bool) -> None:
    """Not in Streamlit alone; once that fails, `keep_downloads` is not needed."""
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    if kept:
        keep_downloads(manager)
    button = manager.add_deferred(lambda: b"a;b", "text/csv", "1", "file")
    address = PurePosixPath(manager.execute_deferred(button)).name
    for _ in range(3):
        manager.remove_orphaned_files()
    assert (manager.read_file(PurePosixPath(address).stem) is not None) is kept
    manager.clear_session_refs()
    for _ in range(2):
        manager.remove_orphaned_files()
    assert manager.read_file(PurePosixPath(address).stem) is None


def test_a_download_of_a_tab_that_was_closed_meanwhile_does_not_stay() -> None:
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    keep_downloads(manager)

    def make() -> bytes:
        manager.clear_session_refs()
        return b"a;b"

    address = PurePosixPath(manager.execute_deferred(manager.add_deferred(make, "text/csv", "1", "file")))
    for _ in range(2):
        manager.remove_orphaned_files()
    assert manager.read_file(address.stem) is None
