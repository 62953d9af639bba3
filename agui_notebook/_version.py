"""The version of this package, and nothing else: every storey may read it."""

__version__ = "0.1.0"
