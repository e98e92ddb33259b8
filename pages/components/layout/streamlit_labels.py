"""Translates by CSS the labels that Streamlit writes in English and offers no parameter for.

The English label is invisible but a screen reader still reads it, together with the translation. If it were hidden
from screen readers, accessibility checkers would find a button without a name, because they ignore CSS content.
"""

from __future__ import annotations

import json

import streamlit as st

from core.i18n.translations import Language, translate
from pages.components import resources

UPLOADER, MENU = "[data-testid=stFileUploaderDropzone", "[data-testid=stMainMenuItem-"


def show_streamlit_labels(language: Language) -> None:
    """Translate the upload button, its limit, the menu, and the message when a page fails."""
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
    }
    rules = " ".join(_replacement_rule(place, word) for place, word in words.items())
    st.html(f"<style>{rules}</style>")


def _replacement_rule(place: str, word: str) -> str:
    content = json.dumps(f" {word}", ensure_ascii=False)
    return (
        f"{place} {{ font-size: 0; }}"
        f" {place}::after {{ content: {content}; font-size: 0.875rem; display: inline-block; }}"
    )
