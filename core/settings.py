"""Every setting, with its type, default and help. Nothing else in the project reads the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import SettingError
from core.setting_parsers import (
    ADDRESS,
    ANY_TEXT,
    DATABASE,
    DIGESTS,
    HOSTS,
    ISSUER,
    LINE,
    REASONS,
    Parser,
    number,
    text_of,
    whole_number,
)

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

SIGN_IN = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL")


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
    max_untaken_mb: int = setting(
        64,
        whole_number(8, 65536),
        "Memory of answers that wait to be taken, in megabytes; "
        "past it those of which hardly anything is taken for three seconds are ended.",
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
    visit_minutes: int = setting(
        120,
        whole_number(2, 1440),
        "How long what a visitor brought is kept after the last tab is gone, in minutes; "
        "at most 15 on a public address without sign-in.",
    )
    max_visits_mb: int = setting(
        256,
        whole_number(64, 65536),
        "Most memory of all that visitors brought, in megabytes; past it the next file waits.",
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

    data_dir: str = setting(
        "data",
        ANY_TEXT,
        "Folder of the journal, of the bundles that decided and of ended sign-ins; relative to the project.",
    )
    database_url: str = setting(
        "",
        DATABASE,
        "PostgreSQL database of the journal, postgres://user:password@host/name; none: a file in DATA_DIR.",
    )
    officer: str = setting(
        "",
        text_of("text of at most 120 characters", r"[^\x00-\x1f\x7f]{0,120}"),
        "Name of whoever decides where nobody signs in; none: the first decision asks for it.",
    )
    decision_reasons: str = setting(
        "",
        text_of("at most 40 reasons of at most 80 characters, separated by semicolons", REASONS),
        "Reasons to choose from when deciding, separated by semicolons; none: Aval's own, in both languages.",
    )
    letter_name: str = setting("", LINE, "Letters to refused clients: the bank's name.")
    letter_address: str = setting("", LINE, "Letters: the bank's address, lines separated by semicolons.")
    letter_contact: str = setting("", LINE, "Letters: where a client writes to contest: address, telephone, e-mail.")
    letter_appeal: str = setting("", LINE, "Letters: the body that hears appeals, with its address.")
    letter_scores: str = setting("", LINE, "Letters: whom to ask about external scores, with the address.")
    letter_templates: str = setting("", ANY_TEXT, "Letters: folder of own templates, refusal.en.txt, refusal.fr.txt.")
    # No setting: whoever hosts Aval says so.
    disk_lasts: bool = True

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
    def data_folder(self) -> Path:
        """The absolute path of DATA_DIR."""
        return ROOT / self.data_dir

    @property
    def own_reasons(self) -> tuple[str, ...]:
        """The reasons of DECISION_REASONS, in order; empty where Aval's own are offered."""
        return tuple(dict.fromkeys(each.strip() for each in self.decision_reasons.split(";") if each.strip()))

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
    for each in _declared():
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
    # Heroku sets DYNO, and empties the disk at every restart.
    return Settings(**values, disk_lasts=not environment.get("DYNO"))


def describe_settings() -> list[tuple[str, str, str, str]]:
    """Rows of (name, type, default, help), in the order of their declaration."""
    return [
        (each.name.upper(), type(each.default).__name__, str(each.default), each.metadata["help"])
        for each in _declared()
    ]


def _declared() -> list[Field[Any]]:
    """The fields that are settings."""
    return [each for each in fields(Settings) if "parser" in each.metadata]
