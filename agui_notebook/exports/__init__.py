"""Notebook objects as a module that serves them elsewhere. Runs nothing of it."""
