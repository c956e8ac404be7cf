"""``make cluster``: a small one of what a city runs on many machines, on loopback: see docs/grow.md."""
