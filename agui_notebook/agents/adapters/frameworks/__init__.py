"""Frameworks for agents, one module each; most have an AG-UI adapter of their own, used here."""
