"""What a citizen meets: a .kv and a small .py each, and a view model without Kivy behind it."""
