"""The label, meaning and unit of each column."""
