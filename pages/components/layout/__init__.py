"""Elements around every page."""
