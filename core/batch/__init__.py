"""Many clients scored: on a screen, on the command line and on a cluster."""
