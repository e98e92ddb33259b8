"""The messages that pass to Streamlit are those of a page, and none that would work for all visitors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.components.streamlit_messages import MAX_FILES, is_of_a_page

Fill = Callable[[BackMsg], object]

SENT: dict[str, Fill] = {
    "a page": lambda told: setattr(told.rerun_script, "page_name", "client"),
    "a part of a page": lambda told: setattr(told.rerun_script, "fragment_id", "0" * 32),
    "stop": lambda told: setattr(told, "stop_script", True),
    "still here": lambda told: setattr(told, "app_heartbeat", True),
    "a file comes": lambda told: told.file_urls_request.file_names.append("clients.csv"),
    "a download": lambda told: setattr(told.backend_operation_request.deferred_file, "file_id", "f"),
    "more of a table": lambda told: setattr(told.backend_operation_request.dataframe_chunk, "source_id", "t"),
}
NOT_SENT: dict[str, Fill] = {
    "empty all caches": lambda told: setattr(told, "clear_cache", True),
    "name the repository": lambda told: setattr(told, "load_git_info", True),
    "run on save": lambda told: setattr(told, "set_run_on_save", True),
    "disconnect": lambda told: setattr(told, "debug_disconnect_websocket", True),
    "shut down": lambda told: setattr(told, "debug_shutdown_runtime", True),
    "install files": lambda told: told.backend_operation_request.install_skills.SetInParent(),
    "write a marker": lambda told: told.backend_operation_request.dismiss_skills_nudge.SetInParent(),
    "nothing": lambda told: None,
    "a page of an endless name": lambda told: setattr(told.rerun_script, "page_name", "n" * 1000),
    "a part of an endless name": lambda told: setattr(told.rerun_script, "fragment_id", "n" * 1000),
    "more files than one chooses": lambda told: told.file_urls_request.file_names.extend(["f"] * (MAX_FILES + 1)),
}


def message(fill: Fill) -> bytes:
    """The bytes of a message that is filled so."""
    told = BackMsg()
    fill(told)
    return bytes(told.SerializeToString())


@pytest.mark.parametrize("name", SENT)
def test_what_a_page_sends_passes(name: str) -> None:
    assert is_of_a_page(message(SENT[name]))


@pytest.mark.parametrize("name", NOT_SENT)
def test_nothing_else_passes(name: str) -> None:
    assert not is_of_a_page(message(NOT_SENT[name]))


def test_what_is_no_message_does_not_pass() -> None:
    assert not is_of_a_page(b"\xff" * 40)


def test_every_kind_of_message_that_streamlit_knows_is_here() -> None:
    kinds = {each.name for each in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    named = {BackMsg.FromString(message(fill)).WhichOneof("type") for fill in (SENT | NOT_SENT).values()}
    assert kinds <= named
