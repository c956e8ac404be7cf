"""Forms that somebody finishes another day."""
