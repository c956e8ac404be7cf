"""Who this kiosk is, from its enrolment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KioskIdentity:
    kiosk_id: str
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
