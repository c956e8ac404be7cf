"""What happens to a fleet, worked out from one seed before anything runs: the same seed, the same days."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DAY_S: Final = 86_400.0
#: Visits of an hour, of all visits of a day: citizens come before work, at noon, and on their way home.
CURVE: Final = (0, 0, 0, 0, 0, 1, 3, 7, 11, 12, 11, 9, 8, 8, 8, 7, 6, 4, 2, 1, 1, 1, 0, 0)
#: Kiosks of a neighbourhood share what cuts their line.
NEIGHBOURHOOD: Final = 50
#: Of the kiosks, behind a line of 2 kB/s that loses connections.
SLOW_SHARE: Final = 0.05
#: Visits that bring a photograph, and its bytes.
PHOTO_SHARE: Final = 0.3
PHOTO_BYTES: Final = (20_000, 150_000)
#: A day's troubles: cuts of each neighbourhood's line, and of the server; of each kiosk, jumps of its clock and power cuts.
LINE_CUTS: Final = 2
LINE_CUT_S: Final = (30.0, 1_800.0)
SERVER_CUTS: Final = 2
SERVER_CUT_S: Final = (20.0, 900.0)
JUMPS: Final = 0.2
JUMP_S: Final = (30.0, 10 * 365 * DAY_S)
POWER_CUTS: Final = 0.5
#: What the office changes for everybody.
CHANGES: Final = 4


class What(StrEnum):
    VISIT = "visit"
    POWER_CUT = "power cut"
    CLOCK_JUMP = "clock jump"
    LINE_CUT = "line cut"
    LINE_BACK = "line back"
    SERVER_CUT = "server cut"
    SERVER_BACK = "server back"
    CHANGE = "change for all"


@dataclass(frozen=True, order=True)
class Happening:
    #: Seconds since the first midnight.
    at: float
    what: What
    #: The kiosk's number, or the neighbourhood's of a line.
    whose: int = 0
    #: Bytes of a photograph (0: none), seconds of a jump, the number of a change.
    size: float = 0.0


@dataclass(frozen=True)
class Plan:
    kiosks: int
    days: float
    seed: int
    slow: frozenset[int]
    happenings: tuple[Happening, ...]

    @property
    def ends_at(self) -> float:
        return self.days * DAY_S

    @property
    def neighbourhoods(self) -> int:
        return -(-self.kiosks // NEIGHBOURHOOD)


def plan(kiosks: int, days: float, seed: int, visits: float) -> Plan:
    """``visits``: of one kiosk on one day, on average."""
    chance = random.Random(seed)
    slow = frozenset(one for one in range(kiosks) if chance.random() < SLOW_SHARE)
    end = days * DAY_S
    happenings = [
        one
        for day in range(-int(-days // 1))
        for one in _day(chance, day * DAY_S, kiosks, -(-kiosks // NEIGHBOURHOOD), visits)
        if one.at < end
    ]
    # Whatever is cut comes back, also after the last midnight.
    return Plan(kiosks, days, seed, slow, tuple(sorted([*happenings, *_returns(chance, happenings)])))


def _day(
    chance: random.Random, midnight: float, kiosks: int, neighbourhoods: int, visits: float
) -> Iterator[Happening]:
    hours = range(len(CURVE))
    for kiosk in range(kiosks):
        for hour in chance.choices(hours, CURVE, k=_about(chance, visits)):
            size = chance.randint(*PHOTO_BYTES) if chance.random() < PHOTO_SHARE else 0
            yield Happening(midnight + 3_600 * (hour + chance.random()), What.VISIT, kiosk, size)
        for _ in range(_about(chance, POWER_CUTS)):
            yield Happening(midnight + DAY_S * chance.random(), What.POWER_CUT, kiosk)
        for _ in range(_about(chance, JUMPS)):
            far = chance.uniform(*JUMP_S) ** chance.choice((0.5, 0.75, 1.0)) * chance.choice((-1, 1))
            yield Happening(midnight + DAY_S * chance.random(), What.CLOCK_JUMP, kiosk, far)
    for one in range(neighbourhoods):
        for _ in range(_about(chance, LINE_CUTS)):
            yield Happening(midnight + DAY_S * chance.random(), What.LINE_CUT, one)
    for _ in range(_about(chance, SERVER_CUTS)):
        yield Happening(midnight + DAY_S * chance.random(), What.SERVER_CUT)
    for number in range(_about(chance, CHANGES)):
        yield Happening(midnight + DAY_S * chance.random(), What.CHANGE, size=number)


def _returns(chance: random.Random, happenings: list[Happening]) -> Iterator[Happening]:
    for one in happenings:
        if one.what is What.LINE_CUT:
            yield Happening(one.at + chance.uniform(*LINE_CUT_S), What.LINE_BACK, one.whose)
        elif one.what is What.SERVER_CUT:
            yield Happening(one.at + chance.uniform(*SERVER_CUT_S), What.SERVER_BACK)


def _about(chance: random.Random, number: float) -> int:
    """A whole number whose mean is ``number``."""
    return int(number) + (chance.random() < number % 1)
