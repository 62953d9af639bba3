"""What an agent may do in the user's notebook when it was given that: variables and cells."""
