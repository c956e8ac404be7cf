"""Requests that wait at the same time, done together: one transaction for all of them, an answer for each."""
