"""Aligns, scores, decides and explains clients; every screen and route uses this package."""
