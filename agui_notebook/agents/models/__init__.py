"""A chat model as an agent: tool loop, prompt, reply, stream and errors. No provider here."""
