"""Conversations that last: built again from their lines, and kept in one SQLite file."""
