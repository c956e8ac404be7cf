"""What the office calls a kiosk, and which packs it gets: among the values of a ``settings`` event, under SETTING.

It stands in the answer to the enrolment first. An event that brings it outranks that for good; one without it changes nothing
of it. Kiosks that do not know it keep what their enrolment said.
"""

from typing import Final, Literal

from protocol.line.base import Message, Short

SETTING: Final = "kiosk"


class KioskProfile(Message):
    name: Short
    ring: Literal["test", "early", "all"]
