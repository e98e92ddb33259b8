"""The letter to a refused client: reasons that may be told, its words, and its PDF."""
