"""The window and what is always there: the app, its stage, overlays, keys, start, memory, faults."""
