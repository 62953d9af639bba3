"""``%agui`` and ``%%agui``: the magics, their subcommands, completion, and turns below a cell."""
