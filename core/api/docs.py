"""`/docs`: Swagger UI for people, built only from files of this server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import swagger_ui_bundle
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

FILES: Mapping[str, str] = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
"""Files of Swagger UI that the page loads: name → media type."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Aval: the routes</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="routes"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#routes", deepLinking: true, validatorUrl: null});\n'


def documentation_routes() -> list[Route]:
    """The routes of the documentation.

    Returns
    -------
    `/docs`, its start script, and one route for each of FILES.
    """
    folder = Path(swagger_ui_bundle.swagger_ui_path)

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})

    async def start(request: Request) -> Response:
        return Response(START, media_type="text/javascript")

    def file_route(name: str, media_type: str) -> Route:
        async def send_file(request: Request) -> Response:
            headers = {"Cache-Control": "public, max-age=86400"}
            return FileResponse(folder / name, media_type=media_type, headers=headers)

        return Route(f"/docs/{name}", send_file, methods=["GET"])

    return [
        Route("/docs", page, methods=["GET"]),
        Route("/docs/start.js", start, methods=["GET"]),
        *(file_route(name, media_type) for name, media_type in FILES.items()),
    ]
