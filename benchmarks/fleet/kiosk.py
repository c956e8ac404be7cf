"""One kiosk of a simulated fleet: its own core, store and line, whose turns somebody else takes in a time of their own."""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.catalogue.catalogue import Catalogue
from kiosk.events import Event, Received
from kiosk.kiosk import Kiosk
from kiosk.session.identity import KioskIdentity
from kiosk.session.outcomes import Saved
from rehearsal.bad_line import BadLine
from sync.city import CityBadges, CitySealer, KioskCodes
from sync.enrolment import Enrolment
from sync.line import Line, LineOptions
from tests.kiosk.kiosk_kit import bench, fill

ZONE: Final = ZoneInfo("Asia/Jakarta")
#: The first midnight: a Monday without a holiday near.
BEGIN: Final = datetime(2026, 3, 2, tzinfo=ZONE).astimezone(UTC)
CONNECT_S: Final = 2.0
READ_S: Final = 20.0
JPEG: Final = b"\xff\xd8\xff\xe0"


@dataclass
class Time:
    """Seconds since the first midnight, which leap from one event to the next; also the server's clock."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)


class KioskClock:
    """The machine's clock of one kiosk: it may be wrong, and is ahead of the others while bytes crawl over a slow line."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._reached = 0.0
        #: By which the time of day is wrong.
        self.off = timedelta(0)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.monotonic()) + self.off

    def monotonic(self) -> float:
        return max(self._time.seconds, self._reached)

    async def take(self, seconds: float) -> None:
        """What a line's bytes take, without waiting for it."""
        self._reached = self.monotonic() + seconds


@dataclass(frozen=True)
class Sent:
    """A submission that its kiosk called saved."""

    id: str
    code: str
    at: float
    photo: bool


class FleetKiosk:
    """Switched on by :meth:`switch_on`; its data outlive :meth:`switch_off`, as on a disk."""

    def __init__(
        self, number: int, folder: Path, enrolment: Enrolment, line: BadLine, clock: KioskClock, pack: Catalogue
    ) -> None:
        self.number = number
        self.line = line
        self.clock = clock
        self.sent: list[Sent] = []
        #: When the server's answer had come, by the codes; on the kiosk's own clock, as slow bytes take their time on it.
        self.received: dict[str, float] = {}
        #: Visits that ended with a refusal.
        self.refused = 0
        self._folder = folder
        self._enrolment = enrolment
        self._pack = pack
        self._starts = 0
        self._on: _On | None = None

    @property
    def is_on(self) -> bool:
        return self._on is not None

    def switch_on(self, ask: Callable[[str, float], None]) -> None:
        """``ask(duty, seconds)``: the duty wants a turn in so many seconds."""
        self._starts += 1
        boot_id = f"{self.number}-{self._starts}"
        self._on = _On(self._enrolment, self._folder, self.clock, self._pack, boot_id, ask, self._received)

    def switch_off(self) -> None:
        if self._on is not None:
            self._on.close()
            self._on = None

    def visit(self, photo_bytes: int, chance: random.Random) -> None:
        """A citizen's, from the first touch to "send"."""
        at = self._running
        photo = JPEG + chance.randbytes(photo_bytes) if photo_bytes else None
        fill(at.kiosk, photo=photo)
        result = at.kiosk.send()
        at.kiosk.end()
        if isinstance(result, Saved):
            self.sent.append(Sent(result.id, result.code, self.clock.monotonic(), bool(photo)))
        else:
            self.refused += 1

    def _received(self, code: str) -> None:
        self.received.setdefault(code, self.clock.monotonic())

    def turn(self, duty: str) -> float | None:
        """Takes a duty's turn; seconds until the next, None: when it is asked for."""
        return self._running.line.duties[duty]()

    @property
    def waits(self) -> bool:
        """Whether anything is still to be sent."""
        counts = self._running.store.outbox.counts()
        return bool(counts.waiting or self._running.store.outbox.undelivered_attachments(1))

    @property
    def parked(self) -> int:
        return self._running.store.outbox.counts().parked

    @property
    def cursor(self) -> int:
        return self._running.line.cursor

    @property
    def id(self) -> str:
        return self._enrolment.kiosk_id

    def erase(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _running(self) -> "_On":
        if self._on is None:
            raise RuntimeError("the kiosk is switched off")
        return self._on


class _TurnedLine(Line):
    """The kiosk's line, never started: its wishes become turns that the fleet takes."""

    def __init__(self, enrolment: Enrolment, kiosk: Kiosk, folder: Path, ask: Callable[[str, float], None]) -> None:
        self._ask_turn = ask
        super().__init__(enrolment, kiosk, folder, LineOptions(connect_timeout_s=CONNECT_S, read_timeout_s=READ_S))
        self.duties = {"outbox": self._outbox_turn, "presence": self._presence.turn, "feed": self._feed_turn}

    def close(self) -> None:
        for duty in (self._outbox, self._feed, self._presence, self._packs):
            duty.teardown()

    def kick(self) -> None:
        self._ask_turn("outbox", 0.0)

    def retry_now(self) -> None:
        self._outbox.hurry()
        self._presence.hurry()
        self._ask_turn("outbox", 0.0)
        self._ask_turn("presence", 0.0)

    def hear(self, event: Event) -> None:
        if self._presence.hear(event):
            self._wake_presence()

    @property
    def cursor(self) -> int:
        return self._feed.cursor

    def _wake_presence(self) -> None:
        self._ask_turn("presence", 0.0)

    def _report_now(self) -> None:
        self._presence.report_now()
        self._wake_presence()

    def _feed_head(self, head: int) -> None:
        if head > self.cursor:
            self._ask_turn("feed", 0.0)

    def _outbox_turn(self) -> float | None:
        pause, outbox = self._outbox.turn(), self._kiosk.store.outbox
        return pause if outbox.counts().waiting or outbox.undelivered_attachments(1) else None

    def _feed_turn(self) -> float | None:
        """As where streams do not come through: by pages."""
        return None if self._feed.pull().ok else 60.0


class _On:
    """A kiosk that is switched on: the core as ``program`` builds it, and its line."""

    def __init__(
        self,
        enrolment: Enrolment,
        folder: Path,
        clock: KioskClock,
        pack: Catalogue,
        boot_id: str,
        ask: Callable[[str, float], None],
        received: Callable[[str], None],
    ) -> None:
        self._received = received
        city = enrolment.city
        first = city.sealing_keys[0]
        self._at = bench(
            folder,
            clock=clock,
            identity=KioskIdentity(
                kiosk_id=enrolment.kiosk_id,
                name=enrolment.name,
                city=city.name,
                time_zone=city.time_zone,
                software="0.1.0",
                boot_id=boot_id,
            ),
            sealer=CitySealer(first.key_id, first.public_key),
            codes=KioskCodes(enrolment.kiosk_part, city.tracking_base),
            badges=CityBadges(city.badge_key),
            pack=pack,
        )
        self.kiosk, self.store = self._at.kiosk, self._at.store
        self.line = _TurnedLine(enrolment, self.kiosk, folder, ask)
        self._at.bus.subscribe(self._hear)
        self.kiosk.connect(self.line)
        ask("presence", 0.0)
        ask("outbox", 0.0)

    def close(self) -> None:
        self.line.close()
        self._at.close()

    def _hear(self, event: Event) -> None:
        # The events of a whole day would fill the memory of ten thousand.
        self._at.events.clear()
        if isinstance(event, Received):
            self._received(event.code)
        self.line.hear(event)
