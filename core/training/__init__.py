"""Fits, measures and writes the model that ships, and draws the demo's clients; nothing that serves imports it."""
