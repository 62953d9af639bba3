"""Bytes and HTTP between an agent and its caller, both directions. Knows no session, no agent."""
