"""The user's Python draws what the agent does: which function draws what, and when."""
