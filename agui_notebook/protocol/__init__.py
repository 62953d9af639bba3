"""The AG-UI protocol as pure functions over plain dicts: no I/O, async, clock or randomness."""
