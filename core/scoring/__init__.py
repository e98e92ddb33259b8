"""Aligned clients are scored, decided and explained; the one path that every screen and route takes."""
