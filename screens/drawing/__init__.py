"""How frames come on the glass: only what changed is drawn."""
