"""A case as the citizen may see it."""
