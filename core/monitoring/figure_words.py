"""Figures with their intervals in words, for the screen and the command line alike."""

from __future__ import annotations

from core.i18n.translations import Language, number, percent, signed, translate
from core.model.schema import Figure


def in_percent(figure: Figure | None, language: Language, digits: int = 1) -> str:
    """A share with its interval: 8.0% (7.8 to 8.2)."""
    if figure is None:
        return translate("monitor.nobody", language)
    low, high = (number(100.0 * each, language, digits) for each in (figure.low, figure.high))
    return translate("monitor.interval", language, value=percent(figure.value, language, digits), low=low, high=high)


def in_points(figure: Figure, language: Language) -> str:
    """A difference of shares in percentage points, with its interval."""
    value, low, high = (signed(100.0 * each, language, 1) for each in (figure.value, figure.low, figure.high))
    return translate("monitor.interval", language, value=value, low=low, high=high)


def plain_figure(figure: Figure, language: Language, digits: int = 3) -> str:
    """A figure without unit, with its interval."""
    value, low, high = (_number(each, language, digits) for each in (figure.value, figure.low, figure.high))
    return translate("monitor.interval", language, value=value, low=low, high=high)


def millions(value: float, language: Language, currency: str) -> str:
    """A sum of money in millions, with its currency."""
    words = translate("monitor.millions", language, value=_number(value / 1e6, language, 1))
    return f"{words}\N{NO-BREAK SPACE}{currency}" if currency else words


def money_figure(figure: Figure, language: Language, currency: str) -> str:
    """A sum of money in millions with its interval."""
    low, high = (_number(each / 1e6, language, 1) for each in (figure.low, figure.high))
    return translate("monitor.interval", language, value=millions(figure.value, language, currency), low=low, high=high)


def _number(value: float, language: Language, digits: int) -> str:
    """A number that may be negative, with a minus sign as `signed` writes it."""
    return number(value, language, digits).replace("-", "\N{MINUS SIGN}")
