"""One change at the server: rows, audit entries and feed events in one transaction, hints after its commit.

::

    with units.begin(actor) as work:
        work.connection.execute(...)
        work.to_kiosk(kiosk_id, FeedType.COMMAND, command)
        work.audit("kiosk.restart", f"kiosk:{kiosk_id}")
        work.hint(bus.FLEET, kiosk_id)

Nothing else writes to the audit log or the feed, publishes hints or begins a transaction (``tests/server/work`` looks for
it), so none of them can be forgotten or come too early.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from protocol.messages import FeedType
from server.audit import audit
from server.foundation import feed
from server.foundation.actors import Actor
from server.foundation.bus import Bus, Hint, feed_topic
from server.foundation.clock import Clock
from server.storage.transactions import in_transaction

_NOTHING: Final[Mapping[str, Any]] = {}

Result = TypeVar("Result")


class UnitEnded(RuntimeError):
    """Something is asked of a unit of work whose transaction has ended: it would be lost without a word."""


class UnitOfWork:
    """Made by :class:`UnitsOfWork`; belongs to one thread and one transaction."""

    def __init__(self, connection: Connection, actor: Actor, now: datetime) -> None:
        self.connection: Final = connection
        #: Who does it, in the log and in the history of cases.
        self.actor = actor
        #: One time for everything that the transaction writes.
        self.now: Final = now
        self._entries: list[audit.Entry] = []
        #: In order, each hint once.
        self._afterwards: dict[Hint | Callable[[], None], None] = {}
        self._ended = False

    def audit(
        self, action: str, object: str, details: Mapping[str, Any] = _NOTHING, *, by: Actor | None = None
    ) -> None:
        """An entry of the audit log, written last, so that the tree is locked for the shortest time.

        ``by``: when it is not the unit's actor who did this.
        """
        self._check()
        self._entries.append(audit.Entry((by or self.actor).id, action, object, details))

    def to_kiosk(self, kiosk_id: str, event: FeedType, *data: Mapping[str, Any]) -> None:
        """Events of a type for a kiosk's feed, in their order; its stream hears of them after the commit.

        Holds the kiosk's row until then, so whoever writes to several kiosks does so in the order of their ids. Raises
        NoSuchKiosk.
        """
        self._check()
        if data:
            feed.append_many(self.connection, kiosk_id, event, data, self.now)
            self.hint(feed_topic(kiosk_id))

    def to_each_kiosk(self, event: FeedType, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """As :meth:`to_kiosk` for several kiosks by their ids, each with its own events, in statements for all of them."""
        self._check()
        if data:
            feed.append_each(self.connection, event, data, self.now)
            for kiosk_id in data:
                self.hint(feed_topic(kiosk_id))

    def to_kiosks(self, event: FeedType, data: Mapping[str, Any], rings: tuple[str, ...] | None = None) -> list[str]:
        """One event for every kiosk that is approved and not revoked (of ``rings``); gives their ids."""
        self._check()
        kiosks = feed.append_to_all(self.connection, event, data, self.now, rings)
        for kiosk_id in kiosks:
            self.hint(feed_topic(kiosk_id))
        return kiosks

    def hint(self, topic: str, text: str = "") -> None:
        """Published after the commit, each once; never when there was none."""
        self._check()
        self._afterwards[Hint(topic, text)] = None

    def after_commit(self, step: Callable[[], None]) -> None:
        """Called after the commit, in its turn among the hints; may begin a unit of work of its own."""
        self._check()
        self._afterwards[step] = None

    @contextlib.contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """What is done inside ``actor`` does: one unit of work may bring what several began."""
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside, its entries and its hints included, is taken back when it raises."""
        self._check()
        entries, afterwards = len(self._entries), dict(self._afterwards)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._entries[entries:]
            self._afterwards = afterwards
            raise

    def write_log(self) -> None:
        """Writes the entries so far, for what needs the log as it will be: a checkpoint. Else the end does it."""
        self._check()
        if self._entries:
            audit.append(self.connection, self.now, self._entries)
            self._entries = []

    def _check(self) -> None:
        if self._ended:
            raise UnitEnded("this unit of work has ended; begin another")

    def _end(self) -> list[Hint | Callable[[], None]]:
        self._ended = True
        return list(self._afterwards)


@dataclass(frozen=True)
class UnitsOfWork:
    """Where units of work come from: one for the whole server, safe to use from several threads."""

    engine: Engine
    clock: Clock
    bus: Bus

    @contextlib.contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Commits at the end of the block, also when it is left by ``return``; whatever it raises takes all back.

        Tried once: whoever may meet others in another order calls :meth:`run`.
        """
        with self.engine.begin() as connection:
            work = UnitOfWork(connection, actor, self.clock.now())
            try:
                yield work
                work.write_log()
            finally:
                afterwards = work._end()
        self._finish(afterwards)

    def run(self, actor: Actor, do: Callable[[UnitOfWork], Result]) -> Result:
        """``do`` in a unit of work; again from the start when PostgreSQL chose it to end a deadlock.

        Entries, events and hints of a try that failed are gone. ``do`` must have no other effect outside its unit.
        """

        def attempt(connection: Connection) -> tuple[Result, list[Hint | Callable[[], None]]]:
            work = UnitOfWork(connection, actor, self.clock.now())
            try:
                result = do(work)
                work.write_log()
            finally:
                afterwards = work._end()
            return result, afterwards

        result, afterwards = in_transaction(self.engine, attempt)
        self._finish(afterwards)
        return result

    def _finish(self, afterwards: list[Hint | Callable[[], None]]) -> None:
        for are_hints, steps in groupby(afterwards, lambda step: isinstance(step, Hint)):
            if are_hints:
                self.bus.publish_all([step for step in steps if isinstance(step, Hint)])
            else:
                for step in steps:
                    if not isinstance(step, Hint):
                        step()
