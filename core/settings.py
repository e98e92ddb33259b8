"""Every setting, with its type, default and help; nothing else in the project reads the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_type_hints

import msgspec
from msgspec import Meta

from core.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

_DIGESTS = "^[0-9a-fA-F]{64}([, ]+[0-9a-fA-F]{64})*$"
_ORIGIN = r"(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)"
_ADDRESS = f"^{_ORIGIN}/?$"
_ISSUER = f"^{_ORIGIN}(/[!-~]*)?$"
SIGN_IN = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL")
_WORDS = {
    f"`str` matching regex {_ADDRESS!r}": "an address like https://aval.example (http only for localhost)",
    f"`str` matching regex {_ISSUER!r}": "an address like https://login.example/tenant (http only for localhost)",
    f"`str` matching regex {_DIGESTS!r}": "SHA-256 digests (64 hexadecimal digits each), separated by commas or spaces",
    "`int` >=": "a whole number of at least",
    "`int` <=": "a whole number of at most",
    "`float` >=": "a number of at least",
    "`float` <=": "a number of at most",
    "`int`": "a whole number",
    "`float`": "a number",
    "`str` of length <=": "text no longer than",
    "`str` of length >=": "text no shorter than",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="upper"):
    """What whoever runs the server can set, by environment variables of the upper-case names."""

    port: Annotated[int, Meta(ge=1, le=65535, description="Port that the server listens on.")] = 8501
    model_dir: Annotated[
        str, Meta(min_length=1, description="Folder of the model bundle; relative to the project.")
    ] = "assets/model"
    trusted_models: Annotated[
        str,
        Meta(
            pattern=_DIGESTS,
            description="SHA-256 of each model.joblib that may be loaded, separated by commas or spaces.",
        ),
    ] = ""
    clients: Annotated[
        str,
        Meta(
            min_length=1,
            description="File of the clients to pick from: CSV or Parquet, raw or encoded columns.",
        ),
    ] = "assets/demo/clients.csv"
    currency: Annotated[
        str, Meta(max_length=8, description="Sign or code put behind amounts; none unless it is set.")
    ] = ""
    review_band: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.5,
            description="A client whose probability of default is this near the threshold is to review.",
        ),
    ] = 0.02
    max_body_mb: Annotated[
        int, Meta(ge=1, le=1024, description="Largest request body of the JSON routes, in megabytes.")
    ] = 64
    max_body_seconds: Annotated[
        int, Meta(ge=1, le=600, description="Longest time that a request body may take to arrive, in seconds.")
    ] = 30
    max_head_kb: Annotated[
        int, Meta(ge=8, le=1024, description="Longest head of a request (address and headers), in kilobytes.")
    ] = 64
    max_head_seconds: Annotated[
        int, Meta(ge=1, le=600, description="Longest time until a request's head is whole, in seconds.")
    ] = 10
    max_connections: Annotated[
        int, Meta(ge=1, le=100_000, description="Most open connections; past it those that are silent are closed.")
    ] = 500
    max_upload_seconds: Annotated[
        int, Meta(ge=1, le=3600, description="Longest time that a file may take to arrive on a screen, in seconds.")
    ] = 300
    max_rows: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Most clients in one request of the JSON routes.")
    ] = 2000
    max_scorings: Annotated[
        int, Meta(ge=1, le=64, description="Most requests of several clients scored at once; the next get 503.")
    ] = 4
    api_keys: Annotated[
        str,
        Meta(
            pattern=_DIGESTS,
            description="SHA-256 of each key that the POST routes accept (`python -m core key`); "
            "none: open to all, closed with sign-in.",
        ),
    ] = ""
    max_upload_mb: Annotated[int, Meta(ge=1, le=50, description="Largest file that a screen reads, in megabytes.")] = 50
    max_upload_rows: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Most clients in one file that a screen reads.")
    ] = 50_000
    max_read_mb: Annotated[
        int, Meta(ge=128, le=4096, description="Most memory of the process that reads a file, in megabytes.")
    ] = 224
    oidc_issuer: Annotated[
        str,
        Meta(
            pattern=_ISSUER,
            description="Sign-in: address of the OpenID Connect provider (its `issuer`); none: no sign-in.",
        ),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="Sign-in: the client id that the provider gave Aval.")] = ""
    oidc_client_secret: Annotated[
        str,
        Meta(
            min_length=16,
            description="Sign-in: the client secret that the provider gave Aval; the cookie's key comes from it.",
        ),
    ] = ""
    public_url: Annotated[
        str,
        Meta(
            pattern=_ADDRESS,
            description="Sign-in: where people open Aval; the provider must allow PUBLIC_URL/oauth2callback.",
        ),
    ] = ""

    def __repr__(self) -> str:
        """No value, for some are secrets and what is printed ends in logs."""
        return "Settings(...)"

    @property
    def sign_in(self) -> bool:
        """Whether people sign in; read_settings lets none of its four settings be absent then."""
        return bool(self.oidc_issuer)

    @property
    def origin(self) -> str:
        """PUBLIC_URL without a slash at its end."""
        return self.public_url.rstrip("/")

    @property
    def cookie_secret(self) -> str:
        """Signs the cookie of who is signed in; a new client secret signs everybody out."""
        return hmac.new(self.oidc_client_secret.encode(), b"aval: who is signed in", hashlib.sha256).hexdigest()

    @property
    def model_folder(self) -> Path:
        """The bundle's folder as an absolute path."""
        return ROOT / self.model_dir

    @property
    def trusted_digests(self) -> frozenset[str]:
        """The digests of TRUSTED_MODELS, in lower case."""
        return frozenset(self.trusted_models.lower().replace(",", " ").split())

    @property
    def api_key_digests(self) -> frozenset[str]:
        """The digests of API_KEYS, in lower case."""
        return frozenset(self.api_keys.lower().replace(",", " ").split())

    @property
    def clients_file(self) -> Path:
        """The clients' file as an absolute path."""
        return ROOT / self.clients


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    environ: name → text, the process's environment unless given. Empty text counts as unset.
    Raises SettingError with the setting's name and what it must be, or with the names that sign-in lacks.
    """
    given = os.environ if environ is None else environ
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    chosen = {name: given[name].strip() for name in names if given.get(name, "").strip()}
    try:
        found = msgspec.convert(chosen, Settings, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        must_be = what.partition(", got")[0].replace("Expected", "must be")
        for machine, word in _WORDS.items():
            must_be = must_be.replace(machine, word)
        raise SettingError(where.rstrip("`"), must_be) from None
    absent = [name for name in SIGN_IN if name not in chosen]
    if 0 < len(absent) < len(SIGN_IN):
        raise SettingError(", ".join(absent), f"must be set too; sign-in needs {', '.join(SIGN_IN)}, all or none")
    return found


def describe_settings() -> list[tuple[str, str, str, str]]:
    """Rows of (name, type, default, help), in the order they are declared."""
    hints = get_type_hints(Settings, include_extras=True)
    return [
        (
            field.encode_name,
            hints[field.name].__origin__.__name__,
            str(field.default),
            hints[field.name].__metadata__[0].description,
        )
        for field in msgspec.structs.fields(Settings)
    ]
