"""What models answer, in each provider's own shape, and what must come of it."""
