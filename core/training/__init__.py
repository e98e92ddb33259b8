"""Trains and evaluates the shipped model and writes its bundle; nothing that serves imports this package."""
