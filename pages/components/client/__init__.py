"""The parts of a client's file."""
