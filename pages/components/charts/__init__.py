"""Figures and their tables."""
