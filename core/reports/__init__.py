"""A client's file as PDF."""
