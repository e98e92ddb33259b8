"""Builds the ASGI app: the dashboard and the JSON routes on one port. Holds no other logic.

uvicorn dashboard:app            as the Procfile and setup.sh start it
python dashboard.py              the same, on PORT
streamlit run dashboard.py       for development only: slower, and without any limit on heads and connections
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware

from core.api.app import build_api
from core.api.request_log import write_json_lines
from core.errors import ScoringError
from core.letters.template import check_templates
from core.settings import ROOT
from core.web.compression import Compression
from core.web.connection_limits import Limits, max_files
from core.web.cookies import WithoutBackslashes
from core.web.dispatch import Dispatcher
from core.web.hosts import HostCheck
from core.web.login_redirect import LoginRedirect
from core.web.memory import share_arenas
from core.web.security_headers import SecurityHeaders
from core.web.sign_outs import SignOutEnds
from core.web.tabs import Tabs
from core.web.visit_cookie import VisitCookie
from core.web.visits import end_by_clock
from pages.components import resources
from pages.components.auth import streamlit_secrets
from pages.components.streamlit_memory import end_left_sessions, keep_downloads
from pages.components.streamlit_messages import is_of_a_page
from pages.components.streamlit_reruns import let_leaving_win


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """While the server runs, a clock ends visits. Streamlit adds log handlers at its start: JSON lines replace them."""
    write_json_lines()
    keep_downloads()
    let_leaving_win()
    clock = asyncio.create_task(end_by_clock(resources.visits(), end_left_sessions))
    yield
    clock.cancel()
    with suppress(asyncio.CancelledError):
        await clock


def build_app() -> st.App:
    """Build the server, with the model and the clients loaded and checked.

    Returns
    -------
    The app that `uvicorn dashboard:app` serves.

    Raises
    ------
    ScoringError: a setting, the model's folder or the clients' file cannot be used.
    """
    write_json_lines()
    share_arenas()
    # Threads switch this often, so that a prediction does not wait long for a page that computes.
    sys.setswitchinterval(0.0005)
    settings = resources.settings()
    resources.loaded_clients()
    check_templates(settings.letter_templates)
    api = build_api(resources.model(), settings)
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    styles = (ROOT / "assets" / "styles.css").read_text(encoding="utf-8")
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(WithoutBackslashes),
        Middleware(HostCheck, names=settings.host_names),
        Middleware(Compression),
        Middleware(Dispatcher, api=api, page=page, styles=styles),
        Middleware(Tabs, passes=is_of_a_page, max_connections=Limits.of(settings, max_files()).connections),
    ]
    if settings.sign_in:
        middleware.append(Middleware(SignOutEnds, sign_outs=resources.sign_outs(), visits=resources.visits()))
        middleware.append(Middleware(LoginRedirect, origin=settings.origin))
    middleware.append(
        Middleware(
            VisitCookie,
            visits=resources.visits(),
            minutes=settings.visit_minutes,
            sign_in=settings.sign_in,
        )
    )
    # Keeps uploads in memory while they arrive; by default those over a megabyte are written to a file.
    MultiPartParser.spool_max_size = 2**20 * (settings.max_upload_mb + 1)
    # Excludes model and clients from garbage collection, which stopped every answer for a tenth of a second.
    gc.collect()
    gc.freeze()
    return st.App(
        ROOT / "pages" / "frame.py",
        middleware=middleware,
        lifespan=lifespan,
        secrets=streamlit_secrets(settings),
    )


try:
    app = build_app()
except ScoringError as error:
    sys.exit(str(error))

if __name__ == "__main__":
    import uvicorn

    protocol = "core.web.http_protocol:LimitedProtocol"
    uvicorn.run(app, host="127.0.0.1", port=resources.settings().port, http=protocol, ws_max_size=2**20)
