"""The colours of a meaning, three that survive colour-blindness, for the light and the dark theme."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.records import Verdict


@dataclass(frozen=True)
class Palette:
    """favourable and unfavourable also say raises and lowers; the soft ones fill areas behind them."""

    favourable: str
    unfavourable: str
    review: str
    soft_favourable: str
    soft_unfavourable: str
    ink: str
    faint: str

    def of(self, verdict: Verdict) -> str:
        """The colour of a verdict."""
        return {
            Verdict.FAVOURABLE: self.favourable,
            Verdict.UNFAVOURABLE: self.unfavourable,
            Verdict.TO_REVIEW: self.review,
        }[verdict]


LIGHT = Palette("#0B62A4", "#B84300", "#6B6B6B", "#D3E5F3", "#F8DDCB", "#1B2733", "#C4CBD2")
DARK = Palette("#6CB8F0", "#F5925A", "#B5BBC2", "#1D3B54", "#5A3320", "#E8EDF2", "#4A545E")


def palette() -> Palette:
    """The palette of the theme that the visitor sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT
