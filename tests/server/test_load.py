"""More than can be done at once is refused at once; what was begun is finished, even when the server is told to end."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from core.settings import ROOT
from tests.browser.serving import MAX_SECONDS, UVICORN, environment, free_port, wait_until_ready
from tests.server.conftest import Server
from tests.server.sockets import Answer, answer_of, ask, connected, head, whole


def ask_together(port: int, requests: list[bytes]) -> list[Answer | None]:
    """The same moment for all of them."""
    answers: list[Answer | None] = [None] * len(requests)

    def run(place: int) -> None:
        answers[place] = ask(port, requests[place])

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_scorings_past_the_most_are_refused_with_a_time_to_come_back(
    server: Server, body: Callable[[int], bytes]
) -> None:
    request = whole("/explain", body(300))
    statuses: set[int] = set()
    # Once more where each was answered before the next one came.
    while 503 not in statuses:
        answers = ask_together(server.port, [request] * 6)
        assert None not in answers
        statuses = {answer.status for answer in answers if answer is not None}
        assert 200 in statuses
    assert statuses == {200, 503}
    for answer in answers:
        if answer is not None and answer.status == 503:
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["code"] == "busy"
    again = ask(server.port, request)
    assert again is not None and again.status == 200


def test_single_client_is_answered_while_others_are_scored(server: Server, body: Callable[[int], bytes]) -> None:
    answers = ask_together(server.port, [whole("/explain", body(300)), *[whole("/predict", body(1))] * 5])
    assert [answer.status for answer in answers if answer is not None] == [200] * 6


def test_request_under_way_is_answered_though_the_server_is_told_to_end(
    tmp_path: Path, body: Callable[[int], bytes]
) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, *UVICORN, "--port", str(port)],
            cwd=ROOT,
            env=environment(),
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        content = body(500)
        with connected(port) as connection:
            connection.sendall(head("/explain", f"Content-Length: {len(content)}", "Expect: 100-continue"))
            begun = answer_of(connection)
            assert begun is not None and begun.status == 100
            process.terminate()
            connection.sendall(content)
            answer = answer_of(connection)
        assert answer is not None and answer.status == 200
        assert len(answer.json()["explanation"]) == 500
        process.wait(timeout=MAX_SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
