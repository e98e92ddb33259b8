"""The colours of the verdicts, distinguishable for colour-blind people, for the light and the dark theme."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.records import Verdict


@dataclass(frozen=True)
class Palette:
    """Colours as hex codes. favourable, unfavourable: also "raises" and "lowers". soft_…: areas behind
    them. total: bars that are neither. faint: grid lines, and what is missing.

    low_to_high: a colour scale from the lowest to the highest value that also varies in lightness, for colour-blind
    people.
    """

    favourable: str
    unfavourable: str
    review: str
    soft_favourable: str
    soft_unfavourable: str
    soft_review: str
    total: str
    ink: str
    faint: str
    paper: str
    low_to_high: tuple[tuple[float, str], ...]

    def of(self, verdict: Verdict) -> str:
        """The colour of a verdict."""
        return {
            Verdict.FAVOURABLE: self.favourable,
            Verdict.UNFAVOURABLE: self.unfavourable,
            Verdict.TO_REVIEW: self.review,
        }[verdict]

    def soft(self, verdict: Verdict) -> str:
        """The colour of an area that belongs to a verdict."""
        return {
            Verdict.FAVOURABLE: self.soft_favourable,
            Verdict.UNFAVOURABLE: self.soft_unfavourable,
            Verdict.TO_REVIEW: self.soft_review,
        }[verdict]


LIGHT = Palette(
    favourable="#0B62A4",
    unfavourable="#B84300",
    review="#6E1A55",
    soft_favourable="#D3E5F3",
    soft_unfavourable="#F8DDCB",
    soft_review="#EBD9E5",
    total="#6B6B6B",
    ink="#1B2733",
    faint="#C4CBD2",
    paper="#FFFFFF",
    low_to_high=((0.0, "#E9A23B"), (0.5, "#9A6FA6"), (1.0, "#1F2D7A")),
)
DARK = Palette(
    favourable="#6CB8F0",
    unfavourable="#F5925A",
    review="#FFC2DD",
    soft_favourable="#1D3B54",
    soft_unfavourable="#5A3320",
    soft_review="#4A2C40",
    total="#B5BBC2",
    ink="#E8EDF2",
    faint="#4A545E",
    paper="#0D1116",
    low_to_high=((0.0, "#5A66C9"), (0.5, "#B689C4"), (1.0, "#FFD27A")),
)


def palette() -> Palette:
    """The palette of the visitor's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT
