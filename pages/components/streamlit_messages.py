"""Which of the messages that Streamlit understands our pages send; `core.web.tabs` lets no other through."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

PLAIN = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request")
OPERATIONS = ("deferred_file", "dataframe_chunk")
MAX_FILES, MAX_NAME = 20, 200
"""Most files that one message announces, and the longest name of a page, a part of it or a request."""


def is_of_a_page(content: bytes) -> bool:
    """Whether a message is one that a page sends.

    Those are: draw the page, stop, I am here, a file comes, and give me a download or more of a table. Streamlit also
    knows messages of its developers' menus, which would work for any visitor: empty all caches, name the repository,
    install files.

    Parameters
    ----------
    content: the message as it was sent.
    """
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        request = message.backend_operation_request
        return request.WhichOneof("payload") in OPERATIONS and len(request.request_id) <= MAX_NAME
    if kind == "rerun_script":
        # Streamlit writes the names of pages and parts that it does not find to the log.
        state = message.rerun_script
        return max(map(len, (state.fragment_id, state.page_name, state.page_script_hash))) <= MAX_NAME
    return kind in PLAIN and len(message.file_urls_request.file_names) <= MAX_FILES
