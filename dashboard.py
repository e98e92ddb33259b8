"""The ASGI app: the dashboard and the JSON routes behind one port. Builds, decides nothing.

uvicorn dashboard:app            as the Procfile and setup.sh start it
python dashboard.py              the same, on PORT
streamlit run dashboard.py       works too, slower per request
"""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware

from core.api.app import build_api
from core.api.request_log import write_json_lines
from core.errors import ScoringError
from core.settings import ROOT
from core.web.compression import Compression
from core.web.dispatch import Dispatcher
from core.web.login_redirect import LoginRedirect
from core.web.security_headers import SecurityHeaders
from pages.components import resources
from pages.components.auth import streamlit_secrets


@asynccontextmanager
async def logging_as_we_do(app: st.App) -> AsyncIterator[None]:
    """While the server runs: Streamlit gives its loggers handlers of its own when it starts, so ours come after."""
    write_json_lines()
    yield


def build_app() -> st.App:
    """The whole server, with the model and the clients loaded and checked. Raises ScoringError."""
    write_json_lines()
    # A page that computes holds the interpreter this long at a time before a prediction gets its turn.
    sys.setswitchinterval(0.0005)
    settings = resources.settings()
    resources.loaded_clients()
    api = build_api(resources.model(), settings)
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    styles = (ROOT / "assets" / "styles.css").read_text(encoding="utf-8")
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(Compression),
        Middleware(Dispatcher, api=api, page=page, styles=styles),
    ]
    if settings.sign_in:
        middleware.append(Middleware(LoginRedirect, origin=settings.origin))
    # An upload stays in memory while it arrives; over a megabyte it would go through a file.
    MultiPartParser.spool_max_size = 2**20 * (settings.max_upload_mb + 1)
    # What stays is never looked through again for garbage: that stopped every answer for a tenth of a second.
    gc.collect()
    gc.freeze()
    return st.App(
        ROOT / "pages" / "frame.py",
        middleware=middleware,
        lifespan=logging_as_we_do,
        secrets=streamlit_secrets(settings),
    )


try:
    app = build_app()
except ScoringError as error:
    sys.exit(str(error))

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=resources.settings().port, ws_max_size=2**20)
