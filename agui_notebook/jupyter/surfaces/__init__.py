"""Surfaces that agents describe, in the chat: announced, painted, and what is pressed sent back."""
