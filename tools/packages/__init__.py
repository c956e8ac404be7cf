"""Debian packages of the kiosk and of the server: ``python -m tools.packages kiosk``, ``python -m tools.packages server``."""
