"""What each column is called, means and is measured in."""
