"""Widgets and figures that pages share."""
