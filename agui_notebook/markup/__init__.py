"""Markdown as agents write it: cut into code and prose, made harmless. Knows no conversation."""
