"""What a citizen meets: each screen a .kv, a small .py, and a view model without Kivy where there is something to know."""
