"""The machine itself: its health, supplies, staff, use, clock and line."""
