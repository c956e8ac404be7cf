"""Commands to kiosks, sent through their feed, and what came of them."""

import uuid
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import Connection, Engine, insert, select, update

from protocol.messages import AppliedReport, Command, FeedType
from server.audit import audit
from server.foundation import bus, feed
from server.foundation.actors import Actor
from server.foundation.bus import Bus
from server.foundation.clock import Clock
from server.storage import tables

#: A kiosk that hears of a command later does not carry it out.
COMMAND_LIFE: Final = timedelta(minutes=10)

CommandName = Literal["out_of_service", "in_service", "restart", "test_slip", "report", "retry_parked"]


class DeviceCommands:
    def __init__(self, engine: Engine, clock: Clock, bus: Bus) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus

    def send(self, actor: Actor, kiosk_id: str, name: CommandName, life: timedelta = COMMAND_LIFE) -> str | None:
        """Sends a command through the kiosk's feed; its id, or None when the kiosk is not in the fleet."""
        now = self._clock.now()
        command = Command(id=str(uuid.uuid4()), name=name, expires_at=now + life)
        with self._engine.begin() as connection:
            known = connection.execute(
                select(tables.kiosks.c.id).where(tables.kiosks.c.id == kiosk_id, *tables.IN_FLEET)
            ).first()
            if known is None:
                return None
            connection.execute(
                insert(tables.commands).values(
                    kiosk_id=kiosk_id,
                    id=command.id,
                    name=name,
                    issued_by=actor.id,
                    issued_at=now,
                    expires_at=command.expires_at,
                )
            )
            feed.append(connection, kiosk_id, FeedType.COMMAND, command.model_dump(mode="json"), now)
            audit.append(connection, now, [audit.Entry(actor.id, f"kiosk.{name}", f"kiosk:{kiosk_id}")])
        self._bus.publish(bus.feed_topic(kiosk_id))
        return command.id

    def applied(self, connection: Connection, kiosk_id: str, report: AppliedReport) -> None:
        """The cursor only rises; a command's first result stays."""
        now = self._clock.now()
        connection.execute(
            update(tables.kiosks)
            .where(
                tables.kiosks.c.id == kiosk_id,
                tables.kiosks.c.feed_applied < report.cursor,
                tables.kiosks.c.feed_seq >= report.cursor,
            )
            .values(feed_applied=report.cursor)
        )
        for result in report.results:
            connection.execute(
                update(tables.commands)
                .where(
                    tables.commands.c.kiosk_id == kiosk_id,
                    tables.commands.c.id == result.id,
                    tables.commands.c.result_at.is_(None),
                )
                .values(result_ok=result.ok, result_message=result.message, result_at=now)
            )
