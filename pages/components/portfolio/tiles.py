"""The results of a portfolio in one look: clients and amounts by recommendation, and rows to mend."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.batch import summary
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, compact, number, percent, translate
from pages.components import resources
from pages.components.charts.palette import palette
from pages.components.portfolio.rows import icon_html


def show_tiles(portfolio: Portfolio, language: Language) -> None:
    """Show how many clients were scored, with each recommendation, and not scored; and the sums of their loans."""
    shares, total = summary.shares(portfolio.results), len(portfolio.results)
    colours = palette()
    asked = _money(sum(each.amount for each in shares), language)
    of = translate("portfolio.of_rows", language, n=portfolio.total)
    tiles = [_tile(translate("portfolio.tile_scored", language), number(total, language), of)]
    for each in shares:
        share = percent(each.clients / total, language, 1) if total else ""
        tiles.append(
            _tile(
                translate(f"verdict.{each.verdict}", language),
                number(each.clients, language),
                f"{share} · {_money(each.amount, language)}" if total else "",
                icon=icon_html(each.verdict),
                colour=colours.of(each.verdict),
            )
        )
    mend = translate("portfolio.tile_mend_how" if portfolio.n_refused else "portfolio.tile_mend_none", language)
    tiles.append(_tile(translate("portfolio.tile_mend", language), number(portfolio.n_refused, language), mend))
    amounts = translate("portfolio.tile_amounts_how", language)
    tiles.append(_tile(translate("portfolio.tile_amounts", language), asked, amounts))
    st.html(f'<dl class="tiles">{"".join(tiles)}</dl>')


def _money(value: float, language: Language) -> str:
    """A sum in short; the charts' table has it in full."""
    currency = resources.settings().currency
    return f"{compact(value, language)}\N{NO-BREAK SPACE}{currency}".rstrip()


def _tile(label: str, value: str, beside: str, *, icon: str = "", colour: str = "") -> str:
    style = f' class="coloured" style="--verdict: {colour}"' if colour else ""
    return (
        f"<div{style}><dt>{icon}{escape(label)}</dt>"
        f'<dd class="value">{escape(value)}</dd><dd>{escape(beside)}</dd></div>'
    )
