"""Who this kiosk is, from its enrolment."""

from dataclasses import dataclass


@dataclass(slots=True)
class KioskIdentity:
    kiosk_id: str
    #: What the office calls it; the one member that may change while it runs.
    name: str
    city: str
    #: IANA name: Asia/Jakarta.
    time_zone: str
    #: Version of this program.
    software: str
    #: New for each start of the program.
    boot_id: str
    #: What an administrator compares before this kiosk is approved.
    fingerprint: str = ""
