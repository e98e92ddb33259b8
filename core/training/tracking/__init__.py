"""Training runs recorded in MLflow."""
