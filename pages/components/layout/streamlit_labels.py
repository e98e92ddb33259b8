"""Translates by CSS the labels that Streamlit writes in English and offers no parameter for.

The English label is invisible but a screen reader still reads it, together with the translation. If it were hidden
from screen readers, accessibility checkers would find a button without a name, because they ignore CSS content.
What CSS cannot reach stays English: names that only screen readers read (Main menu, Help, Collapse sidebar, Remove),
the number of results of a table's search, and what Streamlit says when the connection is lost.
"""

from __future__ import annotations

import json

import streamlit as st

from core.i18n.translations import Language, translate
from pages.components import resources

UPLOADER, MENU = "[data-testid=stFileUploaderDropzone", "[data-testid=stMainMenuItem-"
COLUMN_MENU = "[data-testid=stDataFrameColumnMenu] > [role=menu] > "
STATISTICS = f"{COLUMN_MENU}[role=presentation]:has(+ [role=menuitem])"
"""A submenu of counts that has nothing but English in it."""
FILE_SIZE = "[data-testid=stFileChipName] + div"
"""In bytes by English units; the upload limit beside it says what matters."""
REFUSED = "[data-testid=stFileChips]:has([aria-invalid=true])"
REFUSED_BY = "body:has([data-testid=stFileChip][aria-invalid=true]:hover) [data-testid=stTooltipErrorContent]"
"""Why a file was not taken, by the number of an answer; a sentence below the file says it instead."""


def show_streamlit_labels(language: Language) -> None:
    """Translate the labels of uploads, menus, tables, and inputs, and the message when a page fails."""
    words = {
        f"{UPLOADER}] button p": translate("frame.upload", language),
        f"{UPLOADER}Instructions] span": translate(
            "frame.upload_limit", language, limit=resources.settings().max_upload_mb
        ),
        f"{MENU}theme-System]": translate("frame.system", language),
        f"{MENU}theme-Light]": translate("frame.light", language),
        f"{MENU}theme-Dark]": translate("frame.dark", language),
        "[data-testid=stExceptionMessage]": translate("frame.failed", language),
        f"{MENU}about] [data-testid=stMainMenuItemLabel]": translate("frame.about", language),
        "[data-testid=stSkipToContent][href][href]": translate("frame.skip", language),
        "[data-testid=InputInstructions] > span:first-child": translate("frame.enter", language),
        "kbd[aria-label='Shortcut Ctrl + Enter']": translate("frame.ctrl_enter", language),
        "[data-testid=stDateInput] [data-type=year][data-placeholder]": translate("frame.year", language),
        "[data-testid=stDateInput] [data-type=day][data-placeholder]": translate("frame.day", language),
        **_table_words(language),
    }
    rules = " ".join(_replacement_rule(place, word) for place, word in words.items())
    limit = resources.settings().max_upload_mb
    refused = json.dumps(translate("frame.upload_failed", language, limit=limit), ensure_ascii=False)
    rules += f" {REFUSED}::after {{ content: {refused}; display: block; font-size: 0.875rem; }}"
    st.html(f"<style>{rules} {STATISTICS}, {FILE_SIZE}, {REFUSED_BY} {{ display: none; }}</style>")


def _table_words(language: Language) -> dict[str, str]:
    """Selector → translation of the labels around a table: its toolbar's tooltips, its search, its columns' menus."""
    return {
        _tooltip("Show/hide columns"): translate("frame.columns", language),
        _tooltip("Search"): translate("frame.search", language),
        _tooltip("Fullscreen"): translate("frame.fullscreen", language),
        _tooltip("Close fullscreen"): translate("frame.leave_fullscreen", language),
        _tooltip("Download as CSV"): translate("frame.download_csv", language),
        "[data-testid=stDataFrameColumnVisibilityMenu] input[aria-label='Select all'] ~ span:last-child": translate(
            "frame.select_all", language
        ),
        ".gdg-search-bar:has(input[value='']) .gdg-search-status label": translate("frame.type_to_search", language),
        f"{COLUMN_MENU}[role=menuitem]:nth-child(2)": translate("frame.sort_ascending", language),
        f"{COLUMN_MENU}[role=menuitem]:nth-child(3)": translate("frame.sort_descending", language),
        f"{COLUMN_MENU}[role=menuitem]:nth-last-child(3)": translate("frame.autosize", language),
        f"{COLUMN_MENU}[role=menuitem]:nth-last-child(2)": translate("frame.pin", language),
        f"{COLUMN_MENU}[role=menuitem]:nth-last-child(1)": translate("frame.hide", language),
    }


def _tooltip(button: str) -> str:
    """The text of the tooltip while the pointer or the focus is on this button of a toolbar."""
    pointed = f"[data-testid=stElementToolbarButton] button[aria-label='{button}']:is(:hover, :focus-visible)"
    return f"body:has({pointed}) [data-testid=stTooltipContent] p"


def _replacement_rule(place: str, word: str) -> str:
    content = json.dumps(f" {word}", ensure_ascii=False)
    return (
        f"{place} {{ font-size: 0; }}"
        f" {place}::after {{ content: {content}; font-size: 0.875rem; display: inline-block; }}"
    )
