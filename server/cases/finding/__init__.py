"""Finding cases whose answers are sealed: headlines for lists, a blind index for the search, look-alikes."""
