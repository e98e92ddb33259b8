"""Who decided what about a client and why: an append-only journal whose entries are chained by hashes."""
