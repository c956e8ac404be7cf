"""Printer, scanner and camera of a kiosk: devices that tell the truth about themselves.

Each device is a supervised worker that reports a :class:`devices.frame.ComponentState`: availability,
conditions and supplies in the vocabulary of CUSS 2 and CEN/XFS, and since when. The package stands alone: it
knows nothing of forms, kiosks or screens.
"""
