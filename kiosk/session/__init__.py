"""One citizen's visit: the session, who they say they are, its idle time, its end."""
