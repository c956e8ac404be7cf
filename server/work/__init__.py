"""How the server changes something: units of work."""
