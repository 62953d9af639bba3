"""A conversation as plain text, Markdown or HTML. Pure: a document in, a string out."""
