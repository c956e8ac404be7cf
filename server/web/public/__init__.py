"""Pages for everybody: sign-in, tracking, the open city."""
