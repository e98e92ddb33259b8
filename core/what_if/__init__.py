"""What another loan or other facts would change."""
