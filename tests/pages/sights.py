"""What a visitor reads on a screen that AppTest ran: every word, and a few things by where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from streamlit.testing.v1 import AppTest

ICON = re.compile(r":(?:material/\w+|\w+-badge)\S*\s*")
PLACEHOLDER = re.compile(r"%\{[^}]*\}|</?\w+>")
FIGURE_TEXTS = ("name", "text", "hovertemplate", "customdata", "ticksuffix")


def texts(app: AppTest) -> list[str]:
    """Every text of a screen from top to bottom, the sidebar last: words, labels, hints, tables, figures."""
    return [text for part in (app.main, app.sidebar) for node in part for text in _of_node(node) if text.strip()]


def title(app: AppTest) -> str:
    """The screen's first heading."""
    return str(app.header[0].value)


def address(app: AppTest) -> dict[str, str]:
    """The query parameters of the address."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def verdict(app: AppTest) -> str:
    """The verdict's words, without the icon."""
    return ICON.sub("", str(app.subheader[0].value))


def facts(app: AppTest) -> dict[str, str]:
    """The panels of who it is: label → value."""
    html = "".join(_html(app))
    return {unescape(name): unescape(value) for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)}


def open_part(app: AppTest, part: str) -> AppTest:
    """Opens a part of the client's file by its key: why, known, compared…"""
    return app.segmented_control(key="open_part").set_value(part).run()


def open_view(app: AppTest, view: str, part: str = "why") -> AppTest:
    """Opens one of the views of a part by its key: themes, columns, usual, all…"""
    return app.segmented_control(key=f"{part}_view").set_value(view).run()


def expander(app: AppTest, start: str) -> str:
    """The label of the folded part that begins with these words; empty where there is none."""
    return next((each.label for each in app.expander if each.label.startswith(start)), "")


def folded(app: AppTest, start: str) -> str:
    """The words inside that folded part."""
    part = next(each for each in app.expander if each.label.startswith(start))
    return " ".join(str(each.value) for each in part.markdown)


def press(app: AppTest, label: str) -> AppTest:
    """Presses the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def figure(app: AppTest, key: str) -> dict[str, Any]:
    """A Plotly figure as it is sent to the browser."""
    drawn: dict[str, Any] = json.loads(app.get_by_key(key).proto.spec)
    return drawn


def table(app: AppTest, header: str) -> pd.DataFrame:
    """The table that has a column with this header."""
    found: pd.DataFrame = next(each.value for each in [*app.dataframe, *app.table] if header in each.value.columns)
    return found


def queue(app: AppTest) -> list[dict[str, str]]:
    """The page of clients on the portfolio screen: the client of each link, and the parts of its line by class."""
    found: Sequence[Any] = app.get("page_link")
    links = [str(each.proto.label) for each in found if str(each.proto.label).isdigit()]
    lines = [_classes(html) for html in _html(app) if 'class="queue-line"' in html]
    return [{"client": client, **line} for client, line in zip(links, lines, strict=True)]


def tiles(app: AppTest) -> dict[str, tuple[str, str]]:
    """The tiles over the portfolio's table: label → number, and what stands below it."""
    html = next((html for html in _html(app) if 'class="tiles"' in html), "<dl/>")
    tiles = [["".join(_own_text(part)) for part in tile] for tile in ElementTree.fromstring(html)]
    return {label: (value, beside) for label, value, beside in tiles}


def turn_page(app: AppTest, page: int) -> AppTest:
    """Turns to a page of the portfolio's table."""
    pages: Any = app.get("pagination")[0]
    pages.set_value(page)
    return app.run()


def _html(app: AppTest) -> list[str]:
    blocks: Sequence[Any] = app.get("html")
    return [str(block.value) for block in blocks]


def _classes(html: str) -> dict[str, str]:
    """The texts of the parts of some HTML by their class."""
    parts = [part for part in ElementTree.fromstring(html).iter() if part.get("class")]
    return {str(part.get("class")): "".join(_own_text(part)).strip() for part in parts}


def _own_text(part: ElementTree.Element) -> Iterator[str]:
    """The text of a part without that of icons."""
    yield part.text or ""
    for child in part:
        if child.get("class") != "glyph":
            yield from _own_text(child)
        yield child.tail or ""


def options(app: AppTest, key: str) -> list[str]:
    """What a row of pills offers; nothing where it is not on the screen."""
    return [option for each in app.pills if each.key == key for option in each.options]


def _of_node(node: Any) -> Iterator[str]:
    if node.type in ("dataframe", "table"):
        yield from _of_table(node)
        return
    if node.proto is None:
        return
    for field, value in node.proto.ListFields():
        if field.name in ("label", "body", "help", "placeholder", "alt"):
            yield str(value)
        elif field.name == "popover":
            yield str(value.label)
        elif field.name == "options":
            yield from (getattr(option, "content", None) or str(option) for option in value)
        elif field.name == "spec":
            yield from _of_figure(json.loads(value))


def _of_table(node: Any) -> Iterator[str]:
    shown: pd.DataFrame = node.value
    configured = json.loads(getattr(node.proto, "columns", "") or "{}")
    for column in shown.columns:
        yield str(configured.get(column, {}).get("label") or column)
    for cells in shown.to_numpy().tolist():
        yield from ("" if pd.isna(cell) else str(cell) for cell in cells)


def _of_figure(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in FIGURE_TEXTS and isinstance(value, str):
                yield PLACEHOLDER.sub(" ", value)
            elif name in FIGURE_TEXTS and isinstance(value, list):
                yield from (each for each in value if isinstance(each, str))
            elif name != "template":
                yield from _of_figure(value)
    elif isinstance(part, list):
        for each in part:
            yield from _of_figure(each)
