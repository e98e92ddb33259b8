"""Words that Streamlit writes in English and gives no parameter for, in the visitor's language, by CSS.

What is replaced is out of the accessible name too (`display: none`), and what CSS writes is part of it. The words of the
menu are bare text, which can be made invisible but not unread.
"""

from __future__ import annotations

import json

import streamlit as st

from core.language import Language, say
from pages.components import cached

UPLOADER, MENU = "[data-testid=stFileUploaderDropzone", "[data-testid=stMainMenuItem-"
ABOUT = f"{MENU}about] [data-testid=stMainMenuItemLabel]"
THEMES = {"System": "frame.system", "Light": "frame.light", "Dark": "frame.dark"}


def show_frame_words(language: Language) -> None:
    """The upload button, its limit, and the menu."""
    limit = cached.settings().max_upload_mb
    instead = {
        f"{UPLOADER}] button [data-testid=stMarkdownContainer]": say("frame.upload", language),
        f"{UPLOADER}Instructions] > div": say("frame.upload_limit", language, limit=limit),
    }
    rules = [f"{place} > * {{ display: none; }} {_written(place, word)}" for place, word in instead.items()]
    rules.append(f"{ABOUT} {{ font-size: 0; }} {_written(ABOUT, say('frame.about', language))}")
    for theme, key in THEMES.items():
        place = f"{MENU}theme-{theme}]"
        rules.append(f"{place} {{ font-size: 0; }} {_written(place, say(key, language))}")
    st.html(f"<style>{' '.join(rules)}</style>")


def _written(place: str, word: str) -> str:
    return f"{place}::after {{ content: {json.dumps(word, ensure_ascii=False)}; font-size: 0.875rem; }}"
