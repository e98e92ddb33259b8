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


def is_this_machine(address: str | None) -> bool:
    """Whether an address names the machine that the browser runs on, so that nobody else can reach it.

    Parameters
    ----------
    address: a full address such as `http://localhost:8501/client`.

    Returns
    -------
    True for localhost, names below it and loopback addresses; False for everything else.
    """
    try:
        host = (urlsplit(address or "").hostname or "").removesuffix(".")
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def requested_screen(address: str) -> str:
    """The path of a full address, decoded, without slashes at its ends; "" is the first screen."""
    return unquote(urlsplit(address).path).strip("/")
