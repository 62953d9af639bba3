"""Turns: begun, run, answered with tools, begun otherwise and stopped. Knows no session."""
