"""An address says whether strangers can reach it, and which screen it asks for."""

from __future__ import annotations

import pytest

from core.web.urls import is_public, is_this_machine, requested_screen


@pytest.mark.parametrize(
    "address",
    [
        "https://aval-demo.herokuapp.com/client?id=900001",
        "https://aval.example",
        "http://8.8.8.8:8501/",
        "http://[2001:4860:4860::8888]/",
        "https://localhost.evil.example/",
        "https://127.0.0.1.evil.example/",
        "http://aval.example./",
        None,
        "",
        "http://[broken",
        "no address",
    ],
)
def test_strangers_reach_it(address: str | None) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8501/client",
        "http://LOCALHOST/",
        "http://aval.localhost:8501/",
        "http://127.0.0.1:8501/",
        "http://127.8.0.1/",
        "http://[::1]:8501/",
        "http://10.1.2.3/",
        "http://172.16.0.9/",
        "http://192.168.1.20:8501/client",
        "http://169.254.1.1/",
        "http://[fd12:3456:789a::1]/",
        "http://aval/",
    ],
)
def test_only_this_machine_or_a_private_network_reaches_it(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("address", "screen"),
    [("", ""), ("http://a.b/", ""), ("https://a.b:1/client/?id=1", "client"), ("http://a.b/caf%C3%A9", "café")],
)
def test_requested_screen_is_the_path_after_the_server(address: str, screen: str) -> None:
    assert requested_screen(address) == screen


@pytest.mark.parametrize(
    ("address", "this_machine"),
    [
        ("http://localhost:8501/client", True),
        ("http://127.0.0.1:8501", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:8501/", True),
        ("http://aval.localhost", True),
        ("http://192.168.1.7:8501", False),
        ("http://bank-server:8501", False),
        ("https://aval.example", False),
        ("http://localhost.evil.example", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_loopback_names_this_machine(address: str | None, this_machine: bool) -> None:
    assert is_this_machine(address) is this_machine
