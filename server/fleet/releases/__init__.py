"""Releases of the kiosks' program: their files, and how they roll out."""
