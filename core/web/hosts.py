"""Which host names the server answers to, against DNS rebinding.

A web page whose own name is made to point at this machine or its network is, to the browser, of the same origin as
Aval: it could read every answer. It cannot choose the Host header, which holds its own name. IP addresses, localhost
and names without a point always pass, for no stranger can own one.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

REFUSED = "Aval does not answer to this host name. Whoever runs the server can add the name to ALLOWED_HOSTS.\n"
MAX_REMEMBERED = 100

log = logging.getLogger("aval.hosts")


class HostCheck:
    """Middleware: pages, WebSockets and routes are for allowed host names only.

    With names every request is checked. Without any, only those are that reach this machine by its loopback address, or
    by a private address without a platform's router in front: a new deployment refuses nobody.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        """names: allowed names in lower case; `*.example.org` allows every name below it, `*` every name."""
        self._app = app
        self._names = names
        self._passed: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it in a sentence that names the setting."""
        if scope["type"] not in ("http", "websocket") or self._allows(scope):
            await self._app(scope, receive, send)
            return
        log.warning("request refused: its host name is not among ALLOWED_HOSTS")
        if scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await PlainTextResponse(REFUSED, 400)(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        for host in headers.getlist("host"):
            if host in self._passed:
                continue
            if not is_allowed(host, self._names):
                return not self._names and not _serves_this_network(scope, headers, host)
            if len(self._passed) < MAX_REMEMBERED:
                self._passed.add(host)
        return True


def is_allowed(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header names an address, this machine, a name without a point, or one of the names."""
    name = _without_port(host).lower().removesuffix(".")
    try:
        ip_address(name)
    except ValueError:
        pass
    else:
        return True
    if "." not in name or name.endswith(".localhost"):
        return True
    labels = name.split(".")
    above = (f"*.{'.'.join(labels[start:])}" for start in range(1, len(labels)))
    return name in names or "*" in names or any(each in names for each in above)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def _serves_this_network(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether the request came to a loopback address, or to a private one without passing a platform's router.

    X-Forwarded-For alone does not tell a router: the script of a page can set it. The port within Host it cannot, which
    is the one its browser connected to; a router listens on another than the server behind it, or signs with Via, which
    no script can set (https://fetch.spec.whatwg.org/#forbidden-request-header).
    """
    name, port = scope.get("server") or ("", None)
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if address.is_loopback:
        return True
    routed = "x-forwarded-for" in headers and ("via" in headers or _port(host) != str(port))
    return not address.is_global and not routed


def _port(host: str) -> str:
    return host.rpartition(":")[2] if ":" in host else "80"
