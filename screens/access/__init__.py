"""Using the screens without sight or touch: the focus, the keys, the narrator."""
