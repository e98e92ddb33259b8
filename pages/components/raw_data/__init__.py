"""The parts of the raw data screen."""
