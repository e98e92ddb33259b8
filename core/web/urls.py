"""Whether strangers can reach an address: everything but this machine, a private network, and names without a point."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_public(address: str | None) -> bool:
    """Whether the host of an address like `https://aval.example/client` is public; so is what cannot be read."""
    try:
        host = (urlsplit(address or "").hostname or "").removesuffix(".")
    except ValueError:
        return True
    try:
        return ip_address(host).is_global
    except ValueError:
        return not host or ("." in host and not host.endswith(".localhost"))
