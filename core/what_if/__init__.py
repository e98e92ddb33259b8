"""Simulations of an edited client's file, and loan offers."""
