"""Runs a plan: takes every kiosk's turns in the order of their times, and counts at the end what became of it all."""

import heapq
import itertools
import random
import statistics
import time as machine
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from benchmarks.fleet.kiosk import FleetKiosk, KioskClock, Time
from benchmarks.fleet.plan import NEIGHBOURHOOD, Happening, Plan, What
from rehearsal.bad_line import SLOW, Faults, bad_lines
from server.foundation import feed
from server.foundation.actors import OPERATOR
from server.settings import ServerSettings
from server.storage import tables
from tests.kiosk.kiosk_kit import CITY, catalogue
from tests.server.running import ONE_PERSON, RunningServer, running
from tests.sync.line_kit import enrolled, publish

#: The longest interval that a server can ask of its kiosks; days go by faster.
HEARTBEAT_S: Final = 600.0
#: Kiosks that are switched on at once; the others' data lie on the disk.
ON_AT_ONCE: Final = 600
#: After the last midnight every line is good, and this long it may take until nothing waits.
SETTLES_WITHIN_S: Final = 4 * 3_600.0
DUTIES: Final = ("presence", "outbox", "feed")


@dataclass
class Outcome:
    """``lost`` and ``doubled`` are zero, or there is a bug."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    incomplete: int = 0
    parked: int = 0
    behind: int = 0
    #: Seconds from "saved" at the kiosk to the server's answer there, of kiosks whose line is good and of those behind a slow one.
    good_s: list[float] = field(default_factory=list)
    slow_s: list[float] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.incomplete or self.parked or self.behind)

    def table(self) -> dict[str, Any]:
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "without an attachment": self.incomplete,
            "parked": self.parked,
            "feeds that are behind": self.behind,
            **dict(sorted(self.counts.items())),
            **_spread("saved to received, s", self.good_s),
            **_spread("saved to received, slow line, s", self.slow_s),
            "took s": round(self.took_s, 1),
        }


class Fleet:
    def __init__(self, plan: Plan, folder: Path) -> None:
        self.outcome = Outcome()
        self._plan = plan
        self._folder = folder
        self._time = Time()
        self._chance = random.Random(f"fleet {plan.seed}")
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Happening | tuple[int, str]]] = []
        #: When a kiosk's duty is due; what stands in the agenda for another time is void.
        self._due: dict[tuple[int, str], float] = {}
        self._kiosks: list[FleetKiosk] = []
        self._on: OrderedDict[int, None] = OrderedDict()
        self._cuts: Counter[int] = Counter()
        self._server: RunningServer | None = None
        self._serving = ExitStack()
        self._server_cuts = 0

    def run(self) -> Outcome:
        began = machine.monotonic()
        # What the line takes of chance (its back-off) follows the seed as well.
        random.seed(self._plan.seed)
        with bad_lines() as lines, self._serving:
            self._lines = lines
            self._start_server(0)
            try:
                self._enrol()
                for one in self._plan.happenings:
                    heapq.heappush(self._agenda, (one.at, next(self._order), one))
                self._go()
                self._count()
            finally:
                for kiosk in self._kiosks:
                    kiosk.switch_off()
        self.outcome.took_s = machine.monotonic() - began
        return self.outcome

    # --- before the first midnight ---------------------------------------------------------------------------------

    def _start_server(self, port: int) -> None:
        settings = ServerSettings(
            data=self._folder / "server", port=port, city=CITY.name, heartbeat_s=HEARTBEAT_S, quotas=ONE_PERSON
        )
        self._server = self._serving.enter_context(running(settings, clock=self._time))
        if not self._server.deps.packs.rows():
            publish(self._server.deps)

    def _enrol(self) -> None:
        server = self._running
        parts = urlsplit(server.base)
        self._address = (str(parts.hostname), int(parts.port or 80))
        shared = [
            self._lines.open(self._address, f"{self._plan.seed}/{number}", _at_once)
            for number in range(self._plan.neighbourhoods)
        ]
        pack = catalogue()
        for number in range(self._plan.kiosks):
            clock = KioskClock(self._time)
            line = shared[number // NEIGHBOURHOOD]
            if number in self._plan.slow:
                line = self._lines.open(self._address, f"{self._plan.seed}/slow/{number}", clock.take)
                self._lines.become(line, SLOW)
            # Enrolled at the office, with a good line.
            enrolment = replace(enrolled(server, f"Kios {number:05}"), server=line.address)
            self._kiosks.append(FleetKiosk(number, self._folder / f"kiosk-{number}", enrolment, line, clock, pack))
            self._ask(number, "presence", self._chance.uniform(0, HEARTBEAT_S))

    # --- the days --------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        last = max((one.at for one in self._plan.happenings), default=0.0)
        while self._agenda:
            at, _, what = heapq.heappop(self._agenda)
            if at > last and at > self._plan.ends_at and not self._unsettled(at):
                return
            if isinstance(what, Happening):
                self._time.seconds = max(self._time.seconds, at)
                self._happen(what)
            elif self._due.get(what) == at:
                self._time.seconds = max(self._time.seconds, at)
                del self._due[what]
                self._turn(*what)

    def _unsettled(self, at: float) -> bool:
        """Whether anything is under way that time may still settle; after the last happening every line is good."""
        if at > self._plan.ends_at + SETTLES_WITHIN_S:
            return False
        return any(duty != "presence" for _, duty in self._due)

    def _happen(self, one: Happening) -> None:
        self.outcome.counts[one.what.value] += 1
        match one.what:
            case What.VISIT:
                self._switched_on(one.whose).visit(int(one.size), self._chance)
            case What.POWER_CUT:
                self._switch_off(one.whose)
                self._switched_on(one.whose)
            case What.CLOCK_JUMP:
                self._kiosks[one.whose].clock.off += timedelta(seconds=one.size)
            case What.LINE_CUT | What.LINE_BACK:
                self._cuts[one.whose] += 1 if one.what is What.LINE_CUT else -1
                self._cut(one.whose)
            case What.SERVER_CUT:
                self._server_cuts += 1
                if self._server_cuts == 1:
                    self._serving.close()
                    self._server = None
            case What.SERVER_BACK:
                self._server_cuts -= 1
                if not self._server_cuts:
                    self._start_server(self._address[1])
            case What.CHANGE:
                if self._server is not None:
                    self._server.deps.kiosk_settings.change(OPERATOR, {"idle_s": 60 + one.size})

    def _cut(self, neighbourhood: int) -> None:
        first = neighbourhood * NEIGHBOURHOOD
        theirs = range(first, min(first + NEIGHBOURHOOD, self._plan.kiosks))
        faults = {number: SLOW if number in self._plan.slow else Faults() for number in theirs}
        lines = {id(self._kiosks[number].line): (self._kiosks[number].line, faults[number]) for number in theirs}
        for line, good in lines.values():
            self._lines.become(line, Faults(cut=True) if self._cuts[neighbourhood] else good)

    def _turn(self, number: int, duty: str) -> None:
        kiosk = self._switched_on(number)
        pause = kiosk.turn(duty)
        self.outcome.counts[f"turns, {duty}"] += 1
        if pause is not None:
            self._ask(number, duty, max(pause, 0.001))

    def _ask(self, number: int, duty: str, seconds: float) -> None:
        """The earlier of two wishes counts."""
        at = (self._kiosks[number].clock.monotonic() if number < len(self._kiosks) else self._time.seconds) + seconds
        if at < self._due.get((number, duty), float("inf")):
            self._due[number, duty] = at
            heapq.heappush(self._agenda, (at, next(self._order), (number, duty)))

    def _switched_on(self, number: int) -> FleetKiosk:
        kiosk = self._kiosks[number]
        if not kiosk.is_on:
            kiosk.switch_on(lambda duty, seconds: self._ask(number, duty, seconds))
            while len(self._on) >= ON_AT_ONCE:
                self._switch_off(next(iter(self._on)))
        self._on[number] = None
        self._on.move_to_end(number)
        return kiosk

    def _switch_off(self, number: int) -> None:
        self._on.pop(number, None)
        self._kiosks[number].switch_off()

    @property
    def _running(self) -> RunningServer:
        if self._server is None:
            raise RuntimeError("the server is not there")
        return self._server

    # --- what became of it -----------------------------------------------------------------------------------------

    def _count(self) -> None:
        row = tables.submissions.c
        with self._running.deps.engine.connect() as connection:
            rows = connection.execute(select(row.id, row.complete)).all()
            heads = feed.heads(connection)
            self.outcome.counts["cases"] = connection.scalar(select(func.count()).select_from(tables.cases)) or 0
        stored = {one.id: one for one in rows}
        self.outcome.doubled = len(rows) - len(stored)
        self.outcome.counts["submissions"] = len(rows)
        for kiosk in self._kiosks:
            self._switched_on(kiosk.number)
            # A last look, which a live stream would have had at once.
            kiosk.turn("feed")
            self.outcome.behind += kiosk.cursor < heads[kiosk.id]
            self.outcome.parked += kiosk.parked
            self.outcome.counts["visits refused"] += kiosk.refused
            self.outcome.counts["connections lost"] += kiosk.line.lost if kiosk.number in self._plan.slow else 0
            times = self.outcome.slow_s if kiosk.number in self._plan.slow else self.outcome.good_s
            for sent in kiosk.sent:
                found = stored.get(sent.id)
                if found is None:
                    self.outcome.lost += 1
                    continue
                self.outcome.incomplete += not found.complete
                if sent.code in kiosk.received:
                    times.append(kiosk.received[sent.code] - sent.at)


async def _at_once(_seconds: float) -> None:
    """A line that is not slow takes no time."""


def _spread(name: str, seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    centiles = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        f"{name}, p50": round(centiles[49], 1),
        f"{name}, p99": round(centiles[98], 1),
        f"{name}, most": round(max(seconds), 1),
    }
