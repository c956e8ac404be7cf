"""Starts the kiosk's program, tries a new one out and goes back when it is worse.

It stands outside what is updated: frozen apart, nothing but the standard library, none of our other modules.
"""
