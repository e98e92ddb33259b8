"""The parts of the portfolio screen."""
