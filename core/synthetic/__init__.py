"""Synthetic clients drawn from aggregate statistics; nothing that serves imports it."""
