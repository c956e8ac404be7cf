"""A kiosk of another kind: see ``__main__``."""
