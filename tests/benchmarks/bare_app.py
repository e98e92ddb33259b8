"""The least that a Streamlit app can do: three inputs, and what they say as text; `screens_benchmark` starts it."""

from __future__ import annotations

import streamlit as st

PAUSE = "150ms"

typed = st.text_input("Typed", live=PAUSE, key="typed")
picked = st.pills("Picked", ["1", "2"], key="picked", default="1")
number = st.number_input("Number", value=0.0, step=1000.0, format="%.0f", key="number")
st.text(f"{typed} {picked} {number:.0f}")
