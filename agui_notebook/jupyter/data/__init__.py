"""The user's data as the page shows it and as agents are told of it: tables and variables."""
