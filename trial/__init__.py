"""A whole city on one machine: server, kiosk with simulated devices, a screen to look at, a citizen and an officer.

Stands above everything else; nothing imports it.
"""
