"""The plain core: reads clients, scores, explains and decides; knows nothing of the screens."""
