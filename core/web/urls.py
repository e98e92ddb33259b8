"""What an address says: whether strangers can reach its host, and which screen it asks for."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import unquote, urlsplit


def is_public(address: str | None) -> bool:
    """Whether the host of an address can be reached from outside this machine and its private network.

    Parameters
    ----------
    address: a full address such as `https://aval.example/client`.

    Returns
    -------
    False for this machine, a private IP address, or a name without a point. True for everything else, including an
    address that cannot be parsed.
    """
    try:
        host = (urlsplit(address or "").hostname or "").removesuffix(".")
    except ValueError:
        return True
    try:
        return ip_address(host).is_global
    except ValueError:
        return not host or ("." in host and not host.endswith(".localhost"))


def requested_screen(address: str) -> str:
    """The path of a full address, decoded, without slashes at its ends; "" is the first screen."""
    return unquote(urlsplit(address).path).strip("/")
