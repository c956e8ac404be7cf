"""A form being filled: its nodes, its answers, and what follows from them."""
