"""What a kiosk is, without screens, devices or network.

``kiosk.kiosk.Kiosk`` is the object graph that screens see. Devices, the line to the server, sealing and codes come in
through the protocols of ``kiosk.ports``; ``main.py`` plugs them in.
"""
