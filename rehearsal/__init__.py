"""A kiosk to rehearse with, and the hands that touch it: for the gallery, the measurements and the tests of the screens."""

from rehearsal.kiosk import BADGE, PIN, STAFF_ID, Rehearsal, rehearse

__all__ = ["BADGE", "PIN", "STAFF_ID", "Rehearsal", "rehearse"]
