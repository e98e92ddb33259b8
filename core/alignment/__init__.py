"""Any row, raw or encoded, becomes the model's columns."""
