"""Stand-ins on 127.0.0.1: an app that keeps the contract's promises or breaks one, and Heroku's Platform API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, str, bytes]
JSON, TEXT, HTML = "application/json", "text/plain; charset=utf-8", "text/html; charset=utf-8"
KEY = "key-4711"


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler, bytes], Answer]) -> Iterator[str]:
    """The address of a server that gives these answers."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, kind, content = answer(self, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            for name, value in getattr(self, "more_headers", {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(found: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return status, JSON, json.dumps(found).encode()


def keeping_every_promise() -> dict[str, Answer]:
    """What a whole app answers, by verb and address; the page for a browser is at "page"."""
    routes = "Bienvenue sur le serveur de prédiction: /features /best_threshold /predict /predict_proba /data"
    numbers = {"client n°900001": {"niveau de solvabilité": 0.95, "seuil": 0.13}}
    return {
        "GET /": (200, TEXT, routes.encode()),
        "page": (200, HTML, b'<title>x</title><script type="module" src="./static/js/a.js"></script><div id="root">'),
        "GET /static/js/a.js": (200, "text/javascript", b"1"),
        "GET /_stcore/stream": (101, "", b""),
        "GET /features": as_json({"columns": ["AMT_CREDIT"]}),
        "GET /best_threshold": as_json({"best_threshold": 0.13}),
        "POST /predict": as_json({"prediction": {"client n°900001": "Yes"}}),
        "POST /predict_proba": as_json({"prediction": numbers}),
    }


@contextmanager
def app_that_answers(answers: dict[str, Answer]) -> Iterator[str]:
    """The address of an app with these answers; POST /data gives back what came unless it has one of its own."""

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        asked = f"{request.command} {request.path}"
        if asked == "GET /" and "text/html" in request.headers["Accept"]:
            asked = "page"
        if asked == "POST /data" and asked not in answers:
            return as_json({"données à traiter": json.loads(body)})
        return answers.get(asked, (404, JSON, b"{}"))

    with answering(answer) as address:
        yield address


class Heroku:
    """The Platform API of one app: its releases, dynos and slugs. A push is told by `built`."""

    def __init__(self, web_url: str, releases: list[dict[str, Any]]) -> None:
        self.web_url = web_url
        self.releases = releases
        self.commits: dict[str, str] = {}
        self.crashing: set[int] = set()
        self.posted: list[dict[str, Any]] = []
        self.faults: list[str] = []

    def built(self, commit: str, status: str = "succeeded") -> int:
        """A release of this commit; returns its version."""
        version = max((each["version"] for each in self.releases), default=0) + 1
        self.commits[f"slug-{version}"] = commit
        self.releases.append(release(version, status))
        return version

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        """One answer; notes a request that Heroku would not take."""
        wanted = {"Accept": "application/vnd.heroku+json; version=3", "Authorization": f"Bearer {KEY}"}
        self.faults += [name for name, value in wanted.items() if request.headers[name] != value]
        serving = [each["version"] for each in self.releases if each["status"] == "succeeded"]
        match request.command, request.path.removeprefix("/apps/aval-test"):
            case "GET", "":
                return as_json({"web_url": self.web_url})
            case "GET", "/releases":
                return as_json(self.releases, 206)
            case "GET", "/dynos":
                state = "crashed" if serving[-1] in self.crashing else "up"
                return as_json([{"type": "web", "state": state, "release": {"version": serving[-1]}}])
            case "GET", path if path.startswith("/slugs/"):
                return as_json({"commit": self.commits[path.removeprefix("/slugs/")]})
            case "POST", "/releases":
                self.posted.append(json.loads(body))
                self.releases.append(release(serving[-1] + 1, "succeeded"))
                return as_json(self.releases[-1], 201)
        return as_json({"id": "not_found"}, 404)


def release(version: int, status: str, *, code: bool = True) -> dict[str, Any]:
    """A release as Heroku tells it, as far as we read it."""
    slug = {"id": f"slug-{version}"} if code else None
    return {"id": f"release-{version}", "version": version, "status": status, "slug": slug}
