"""Parsers of settings: what each kind of value must be, and how its text is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

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
DATABASE = text_of(
    "an address like postgres://user:password@host/database",
    r"postgres(ql)?(\+psycopg)?://[!-~]*/[!-~]+",
)
LINE = text_of("text of at most 400 characters in one line", r"[^\x00-\x1f\x7f]{1,400}")
REASONS = r"[^;\x00-\x1f\x7f]{1,80}(;[^;\x00-\x1f\x7f]{1,80}){0,39};?"
ISSUER = text_of("an address like https://login.example/tenant (http only for localhost)", f"{_ORIGIN}(/[!-~]*)?")
