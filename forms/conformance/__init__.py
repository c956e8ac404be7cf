"""Measuring this engine against recorded behaviour of others: ``python -m forms.conformance``."""
