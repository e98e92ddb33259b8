"""Every setting, with its type, default and help. Nothing else in the project reads the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

T = TypeVar("T")

SIGN_IN = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL")
_ORIGIN = r"(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)"


@dataclass(frozen=True)
class Parser(Generic[T]):
    """Reads one kind of setting.

    must_be: what a value must be, as it stands in an error after "must be".
    read: the value of a text, or None if the text is not what it must be.
    """

    must_be: str
    read: Callable[[str], T | None]


def whole_number(low: int, high: int) -> Parser[int]:
    """A parser of whole numbers from low to high, both included."""

    def read(text: str) -> int | None:
        value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None
        return value if value is not None and low <= value <= high else None

    return Parser(f"a whole number from {low} to {high}", read)


def number(low: float, high: float) -> Parser[float]:
    """A parser of decimal numbers from low to high, both included."""

    def read(text: str) -> float | None:
        value = float(text) if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text, re.I) else None
        return value if value is not None and low <= value <= high else None

    return Parser(f"a number from {low:g} to {high:g}", read)


def text_of(must_be: str, pattern: str) -> Parser[str]:
    """A parser of texts that a regular expression matches from the first character to the last."""
    return Parser(must_be, lambda text: text if re.fullmatch(pattern, text, re.DOTALL) else None)


ANY_TEXT = text_of("text", ".*")
DIGESTS = text_of(
    "SHA-256 digests (64 hexadecimal digits each), separated by commas or spaces",
    "[0-9a-fA-F]{64}([, ]+[0-9a-fA-F]{64})*",
)
_HOST = r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*"
HOSTS = text_of(
    "host names like aval.example or *.aval.example, separated by commas or spaces", rf"\*|{_HOST}([, ]+{_HOST})*"
)
ADDRESS = text_of("an address like https://aval.example (http only for localhost)", f"{_ORIGIN}/?")
ISSUER = text_of("an address like https://login.example/tenant (http only for localhost)", f"{_ORIGIN}(/[!-~]*)?")


def setting(default: Any, parser: Parser[Any], help: str) -> Any:
    """A field of Settings: its value if it is not set, the parser of its text, and one line of help."""
    return field(default=default, metadata={"parser": parser, "help": help})


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """The settings of a server; the environment variables have the same names in capitals."""

    port: int = setting(8501, whole_number(1, 65535), "Port that the server listens on.")
    model_dir: str = setting("assets/model", ANY_TEXT, "Folder of the model bundle; relative to the project.")
    model_digest: str = setting(
        "",
        text_of("a SHA-256 digest (64 hexadecimal digits)", "[0-9a-fA-F]{64}"),
        "Digest of the only bundle that may be served, as /health names it; none: any in MODEL_DIR.",
    )
    trusted_models: str = setting(
        "", DIGESTS, "SHA-256 of each model.joblib that may be loaded, separated by commas or spaces."
    )
    clients: str = setting(
        "assets/demo/clients.csv",
        ANY_TEXT,
        "File of the clients to pick from: CSV or Parquet, raw or encoded columns.",
    )
    currency: str = setting(
        "", text_of("text of at most 8 characters", ".{0,8}"), "Sign or code put behind amounts; none unless it is set."
    )
    review_band: float = setting(
        0.02, number(0, 0.5), "A client whose probability of default is this near the threshold is to review."
    )
    max_body_mb: int = setting(64, whole_number(1, 1024), "Largest request body of the JSON routes, in megabytes.")
    max_body_seconds: int = setting(
        30, whole_number(1, 600), "Longest time that a request body may take to arrive, in seconds."
    )
    max_head_kb: int = setting(
        64, whole_number(8, 1024), "Longest head of a request (address and headers), in kilobytes."
    )
    max_head_seconds: int = setting(
        10, whole_number(1, 600), "Longest time until a request's head is whole, in seconds."
    )
    max_connections: int = setting(
        500, whole_number(1, 100_000), "Most open connections; past it those that are silent are closed."
    )
    max_upload_seconds: int = setting(
        300, whole_number(1, 3600), "Longest time that a file may take to arrive on a screen, in seconds."
    )
    max_rows: int = setting(2000, whole_number(1, 1_000_000), "Most clients in one request of the JSON routes.")
    max_scorings: int = setting(
        4, whole_number(1, 64), "Most requests of several clients scored at once; the next get 503."
    )
    api_keys: str = setting(
        "",
        DIGESTS,
        "SHA-256 of each key that the POST routes accept (`python -m core key`); "
        "none: open to all, closed with sign-in.",
    )
    max_upload_mb: int = setting(50, whole_number(1, 50), "Largest file that a screen reads, in megabytes.")
    max_upload_rows: int = setting(50_000, whole_number(1, 1_000_000), "Most clients in one file that a screen reads.")
    max_read_mb: int = setting(
        224, whole_number(128, 4096), "Most memory of the process that reads a file, in megabytes."
    )
    oidc_issuer: str = setting(
        "", ISSUER, "Sign-in: address of the OpenID Connect provider (its `issuer`); none: no sign-in."
    )
    oidc_client_id: str = setting("", ANY_TEXT, "Sign-in: the client id that the provider gave Aval.")
    oidc_client_secret: str = setting(
        "",
        text_of("text of at least 16 characters", ".{16,}"),
        "Sign-in: the client secret that the provider gave Aval; the cookie's key comes from it.",
    )
    public_url: str = setting(
        "", ADDRESS, "Sign-in: where people open Aval; the provider must allow PUBLIC_URL/oauth2callback."
    )
    allowed_hosts: str = setting(
        "",
        HOSTS,
        "Host names that Aval answers to, besides PUBLIC_URL's, localhost and addresses (`*`: all); "
        "none: all behind a platform, no other on a network of one's own.",
    )

    def __repr__(self) -> str:
        """No value: some are secrets, and what is printed can end in a log."""
        return "Settings(...)"

    @property
    def sign_in(self) -> bool:
        """Whether people sign in; then `read_settings` requires all four settings of SIGN_IN."""
        return bool(self.oidc_issuer)

    @property
    def origin(self) -> str:
        """PUBLIC_URL without a slash at its end."""
        return self.public_url.rstrip("/")

    @property
    def host_names(self) -> frozenset[str]:
        """The names of ALLOWED_HOSTS and that of PUBLIC_URL, in lower case."""
        own_name = self.origin.partition("://")[2].partition(":")[0]
        return frozenset(f"{self.allowed_hosts} {own_name}".lower().replace(",", " ").split())

    @property
    def cookie_secret(self) -> str:
        """The key that signs the cookie of a signed-in person; a new client secret ends every sign-in."""
        return hmac.new(self.oidc_client_secret.encode(), b"aval: who is signed in", hashlib.sha256).hexdigest()

    @property
    def model_folder(self) -> Path:
        """The absolute path of the bundle's folder."""
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
        """The absolute path of the clients' file."""
        return ROOT / self.clients


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Parameters
    ----------
    environ: variables by name, those of the process if None. A variable that is empty or blank counts as not set.

    Returns
    -------
    The settings; those not set have their defaults.

    Raises
    ------
    SettingError: a value is not what it must be, or some settings of SIGN_IN are set and others are not.
    """
    environment = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for each in fields(Settings):
        name = each.name.upper()
        text = environment.get(name, "").strip()
        if text:
            parser: Parser[Any] = each.metadata["parser"]
            values[each.name] = parser.read(text)
            if values[each.name] is None:
                raise SettingError(name, f"must be {parser.must_be}")
    absent = [name for name in SIGN_IN if name.lower() not in values]
    if 0 < len(absent) < len(SIGN_IN):
        raise SettingError(", ".join(absent), f"must be set too; sign-in needs {', '.join(SIGN_IN)}, all or none")
    return Settings(**values)


def describe_settings() -> list[tuple[str, str, str, str]]:
    """Rows of (name, type, default, help), in the order of their declaration."""
    return [
        (each.name.upper(), type(each.default).__name__, str(each.default), each.metadata["help"])
        for each in fields(Settings)
    ]
