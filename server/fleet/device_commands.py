"""Commands to kiosks, sent through their feed, and what came of them."""

import uuid
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from protocol.messages import AppliedReport, Command, FeedType
from protocol.reports import KioskLog
from server.foundation import bus
from server.foundation.actors import Actor, kiosk_actor
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

#: A kiosk that hears of a command later does not carry it out.
COMMAND_LIFE: Final = timedelta(minutes=10)
#: Logs that are kept of a kiosk; an older one gives way.
LOGS_KEPT: Final = 5

CommandName = Literal["out_of_service", "in_service", "restart", "test_slip", "report", "retry_parked", "log", "lock"]


class DeviceCommands:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def send(self, actor: Actor, kiosk_id: str, name: CommandName, life: timedelta = COMMAND_LIFE) -> str | None:
        """Sends a command through the kiosk's feed; its id, or None when the kiosk is not in the fleet."""
        with self._units.begin(actor) as work:
            command = Command(id=str(uuid.uuid4()), name=name, expires_at=work.now + life)
            known = work.connection.execute(
                select(tables.kiosks.c.id).where(tables.kiosks.c.id == kiosk_id, *tables.IN_FLEET)
            ).first()
            if known is None:
                return None
            work.connection.execute(
                insert(tables.commands).values(
                    kiosk_id=kiosk_id,
                    id=command.id,
                    name=name,
                    issued_by=actor.id,
                    issued_at=work.now,
                    expires_at=command.expires_at,
                )
            )
            work.to_kiosk(kiosk_id, FeedType.COMMAND, command.model_dump(mode="json"))
            work.audit(f"kiosk.{name}", f"kiosk:{kiosk_id}")
        return command.id

    def applied(self, connection: Connection, kiosk_id: str, report: AppliedReport) -> None:
        """The cursor only rises; a command's first result stays."""
        now = self._units.clock.now()
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

    def take_log(self, kiosk_id: str, log: KioskLog) -> bool:
        """Keeps what a command asked for; False when nobody asked, or when it was there."""
        logs = tables.kiosk_logs
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            asked = select(tables.commands.c.id).where(
                tables.commands.c.kiosk_id == kiosk_id, tables.commands.c.id == log.id, tables.commands.c.name == "log"
            )
            if work.connection.execute(asked).first() is None:
                return False
            row = {"made_at": log.made_at, "received_at": work.now, "lines": list(log.lines)}
            if not insert_new(work.connection, logs, {"kiosk_id": kiosk_id, "id": log.id, **row}):
                return False
            newest = (
                select(logs.c.id)
                .where(logs.c.kiosk_id == kiosk_id)
                .order_by(logs.c.received_at.desc(), logs.c.id)
                .limit(LOGS_KEPT)
            )
            kept = work.connection.scalars(newest).all()
            work.connection.execute(delete(logs).where(logs.c.kiosk_id == kiosk_id, logs.c.id.not_in(kept)))
            work.hint(bus.FLEET, kiosk_id)
        return True

    def log(self, kiosk_id: str, log_id: str) -> Row[Any] | None:
        """A row of ``kiosk_logs``."""
        logs = tables.kiosk_logs
        with self._units.engine.connect() as connection:
            return connection.execute(select(logs).where(logs.c.kiosk_id == kiosk_id, logs.c.id == log_id)).first()

    def logs(self, kiosk_id: str) -> frozenset[str]:
        """Ids of the commands whose logs are kept."""
        logs = tables.kiosk_logs.c
        with self._units.engine.connect() as connection:
            return frozenset(connection.scalars(select(logs.id).where(logs.kiosk_id == kiosk_id)))
