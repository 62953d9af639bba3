"""A2UI: surfaces that an agent describes, read out of a conversation. Pure; drawn elsewhere."""
