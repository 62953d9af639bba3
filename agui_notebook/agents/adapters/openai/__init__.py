"""OpenAI's interfaces: Chat Completions (by client and by address) and Responses."""
