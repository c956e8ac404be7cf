"""What the operator can order, and what a fresh server begins with."""
