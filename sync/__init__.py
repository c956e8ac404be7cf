"""The kiosk's line to the server: outbox delivery, event stream, packs, enrolment.

``protocol`` holds what both ends must agree on and imports nothing of ours.
"""
