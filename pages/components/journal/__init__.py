"""What the screens know of the journal: which one it is, who decides, and how an entry is shown."""
