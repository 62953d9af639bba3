"""Clients of model providers that are not shaped after OpenAI's, one module each."""
