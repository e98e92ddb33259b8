"""A small OpenID Connect provider on 127.0.0.1: whoever asks is signed in at once, unless a test wants otherwise."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.browser.serving import free_port

CLIENT, SECRET = "aval-in-tests", "a secret that only the tests know"
NAME, EMAIL = "Ada <b>King</b> :red[Lovelace]", "ada.king@bank.example"
HOUR = 3600


@dataclass
class Provider:
    """What it is told to do next, and what it was asked.

    fault: "" or what is wrong with the next sign-in: key, nonce, audience, issuer, old, denied, down.
    """

    port: int
    fault: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, port: int) -> dict[str, str]:
        """The settings of a server on this port whose visitors sign in here."""
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
        }

    def app(self) -> Starlette:
        """Discovery, authorisation, tokens, keys, and the end of a session."""
        key = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig", "alg": "RS256"})
        strange = RSAKey.generate_key(2048, parameters={"kid": "1"})

        async def discovery(request: Request) -> Response:
            if self.fault == "down":
                return Response(status_code=503)
            document: dict[str, Any] = {
                "issuer": self.issuer,
                "jwks_uri": self.issuer + "/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
            for name in ("authorization", "token", "end_session"):
                document[f"{name}_endpoint"] = f"{self.issuer}/{name}"
            return JSONResponse(document)

        async def authorization(request: Request) -> Response:
            asked = dict(request.query_params)
            self.asked.append(asked)
            if self.fault == "denied":
                answer = {"error": "access_denied", "error_description": f"not {EMAIL}"}
            else:
                code = secrets.token_hex(8)
                self.codes[code] = asked
                answer = {"code": code}
            return RedirectResponse(asked["redirect_uri"] + "?" + urlencode(answer | {"state": asked["state"]}))

        async def token(request: Request) -> Response:
            sent = dict((await request.form()).items())
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            asked = self.codes.pop(str(sent["code"]), None)
            digest = hashlib.sha256(str(sent.get("code_verifier", "")).encode()).digest()
            verified = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if asked is None or asked["code_challenge"] != verified or not _same(request, basic):
                return JSONResponse({"error": "invalid_grant"}, status_code=400)
            now = int(time.time()) - (13 * HOUR if self.fault == "old" else 0)
            claims = {
                "iss": "https://elsewhere.example" if self.fault == "issuer" else self.issuer,
                "aud": "another app" if self.fault == "audience" else CLIENT,
                "nonce": "another" if self.fault == "nonce" else asked["nonce"],
                "sub": "1815",
                "name": NAME,
                "email": EMAIL,
                "iat": now,
                "exp": now + 24 * HOUR,
            }
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, strange if self.fault == "key" else key)
            self.tokens.append(signed)
            return JSONResponse({"token_type": "Bearer", "access_token": secrets.token_hex(8), "id_token": signed})

        async def keys(request: Request) -> Response:
            return JSONResponse({"keys": [key.as_dict(private=False)]})

        async def end_session(request: Request) -> Response:
            return RedirectResponse(request.query_params["post_logout_redirect_uri"])

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", discovery),
                Route("/authorization", authorization),
                Route("/token", token, methods=["POST"]),
                Route("/keys", keys),
                Route("/end_session", end_session),
            ]
        )


def _same(request: Request, basic: str) -> bool:
    return request.headers.get("authorization", "") == f"Basic {basic}"


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers, in a thread of this process."""
    provider = Provider(free_port())
    server = uvicorn.Server(uvicorn.Config(provider.app(), port=provider.port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield provider
    server.should_exit = True
    thread.join()


def forged_cookie(origin: str, secret: str) -> str:
    """The cookie that Streamlit would give somebody signed in, signed with this secret."""
    from itsdangerous import URLSafeTimedSerializer

    who = {"origin": origin, "is_logged_in": True, "provider": "default", "iat": int(time.time()), "name": "Mallory"}
    return str(URLSafeTimedSerializer(secret, salt="_streamlit_user").dumps(json.dumps(who)))
