"""Python functions as tools: schema, check, call. Knows no conversation."""
