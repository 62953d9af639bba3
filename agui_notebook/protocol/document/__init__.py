"""The conversation as one document: its shape, its operations, what each event does to it."""
