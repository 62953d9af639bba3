"""A request that only asks for its thread, and runs that are left and joined again. Pure."""
