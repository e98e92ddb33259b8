"""Text that a spreadsheet would run as a formula: made harmless in CSV that we write, given back by what reads it.

A cell runs that begins with = + - @, also in their full width, or with a tab or line end before one. Where a file is
opened with another separator than its own, a cell begins anew after each comma, semicolon, tab or line end of a text.
An apostrophe goes in front in both cases, and one more where there are some, so that each can be taken away again.
"""

from __future__ import annotations

import re

from core.alignment.number_text import PLAIN_NUMBER

SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_BEGINS = re.compile(rf"'*[{SIGNS}\t\r\n]")
_AFTER = re.compile(rf"([,;\t\r\n][\"\s]*)('*[{SIGNS}])")
_BEGINS_ESCAPED = re.compile(rf"'+[{SIGNS}\t\r\n]")
_AFTER_ESCAPED = re.compile(rf"([,;\t\r\n][\"\s]*)'('*[{SIGNS}])")
ESCAPED_BYTES = re.compile("|".join(f"'{sign}" for sign in "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20").encode())
"""Where bytes of UTF-8 may hold an escaped text."""


def escape(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would run what follows; a plain number is left alone."""
    if PLAIN_NUMBER.fullmatch(text):
        return text
    inside = _AFTER.sub(r"\1'\2", text)
    return f"'{inside}" if _BEGINS.match(text) else inside


def unescape(text: str) -> str:
    """The text that `escape` was given."""
    if "'" not in text:
        return text
    bare = text[1:] if _BEGINS_ESCAPED.match(text) else text
    return _AFTER_ESCAPED.sub(r"\1\2", bare)


def quote(text: str, separator: str, decimal: str = ".") -> str:
    """A cell of CSV: text in quotation marks and made harmless; a plain number or nothing as it is."""
    if not text or PLAIN_NUMBER.fullmatch(text):
        return text
    if decimal == "," and separator != "," and PLAIN_NUMBER.fullmatch(text.replace(",", ".", 1)):
        return text
    harmless = escape(text).replace('"', '""')
    return f'"{harmless}"'
