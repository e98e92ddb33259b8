"""Somebody else's text in a place that reads Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pages.components.messages import WORD_JOINER, plain

LINKS = (
    re.compile(r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.IGNORECASE | re.ASCII),
    re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)", re.ASCII),
)
"""What Streamlit's Markdown looks for in text once escapes are resolved (mdast-util-gfm-autolink-literal)."""


def shown(text: str) -> str:
    """What Markdown makes of an escaped line."""
    return re.sub(r"\\([!-/:-@[-`{-~])", r"\1", plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/a?b=c",
        "HTTP://EVIL.example",
        "www.evil.example",
        "a.b+c@evil.example",
        "mailto:me@evil.example",
    ],
)
def test_addresses_are_read_as_they_are_and_are_no_links(text: str) -> None:
    assert any(each.search(text) for each in LINKS)
    assert not any(each.search(shown(text)) for each in LINKS)
    assert shown(text).replace(WORD_JOINER, "") == text


@given(
    some.lists(some.sampled_from(["http", "https", ":", "//", "www", ".", "@", "a", "-", "+", "\\", " ", "é"])).map(
        "".join
    )
)
def test_no_address_is_left_that_markdown_makes_a_link_of(text: str) -> None:
    assert not any(each.search(shown(text)) for each in LINKS)
    assert shown(text).replace(WORD_JOINER, "") == text


@given(some.text())
def test_text_without_an_address_is_only_escaped(text: str) -> None:
    if not re.search(r"//|www|@", text, re.IGNORECASE):
        assert shown(text) == text
