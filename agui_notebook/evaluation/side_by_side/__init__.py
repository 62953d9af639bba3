"""The same asked of several agents at once: who is asked, what it took, how it looks in columns."""
