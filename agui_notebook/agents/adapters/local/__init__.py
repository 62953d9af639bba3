"""Models that run in this process: their weights are here, and nothing is asked over a network."""
