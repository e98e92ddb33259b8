"""Sentences and numbers in French and English."""
