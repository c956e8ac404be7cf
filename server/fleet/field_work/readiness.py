"""Readiness reports of kiosks: taken when the kiosk's own signature fits, and verified again whenever one is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select

from protocol.field import readiness
from protocol.field.readiness import ReadinessReport, ReportRefused, SignedReadiness
from server.foundation import bus
from server.foundation.actors import Actor
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

#: Of one kiosk; an older one gives way.
KEPT: Final = 50


class TakeOutcome(StrEnum):
    TAKEN = "TAKEN"
    #: The same one came before.
    KNOWN = "KNOWN"
    #: Altered, of another kiosk, or signed by nobody we know.
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class ShownReport:
    """``report`` None: what is kept does not fit its signature any more."""

    id: str
    received_at: datetime
    digest: str
    report: ReadinessReport | None


class ReadinessReports:
    def __init__(self, units: UnitsOfWork, most: int = KEPT) -> None:
        self._units = units
        self._most = most

    def take(self, kiosk_id: str, sent: SignedReadiness) -> TakeOutcome:
        kiosks, kept = tables.kiosks, tables.readiness_reports
        with self._units.engine.connect() as connection:
            key = connection.execute(select(kiosks.c.public_key).where(kiosks.c.id == kiosk_id)).scalar_one()
        try:
            report = readiness.verified(sent.body, sent.signature, bytes(key))
        except ReportRefused:
            return TakeOutcome.REFUSED
        if report.kiosk_id != kiosk_id:
            return TakeOutcome.REFUSED
        with self._units.begin(Actor(f"staff:{report.staff_id}"[:64])) as work:
            row = {
                "kiosk_id": kiosk_id,
                "id": report.id,
                "made_at": report.made_at,
                "received_at": work.now,
                "body": bytes(sent.body),
                "signature": bytes(sent.signature),
            }
            if not insert_new(work.connection, kept, row):
                return TakeOutcome.KNOWN
            newest = (
                select(kept.c.id).where(kept.c.kiosk_id == kiosk_id).order_by(kept.c.made_at.desc()).limit(self._most)
            )
            remain = work.connection.scalars(newest).all()
            work.connection.execute(delete(kept).where(kept.c.kiosk_id == kiosk_id, kept.c.id.not_in(remain)))
            details = {"ready": report.ready, "digest": readiness.digest(sent.body)}
            work.audit("kiosk.readiness", f"kiosk:{kiosk_id}", details)
            work.hint(bus.FLEET, kiosk_id)
        return TakeOutcome.TAKEN

    def of(self, kiosk_id: str, limit: int) -> Sequence[ShownReport]:
        """The newest first, each verified anew."""
        kiosk, kept = tables.kiosks.c, tables.readiness_reports.c
        with self._units.engine.connect() as connection:
            rows = connection.execute(
                select(kept.id, kept.received_at, kept.body, kept.signature, kiosk.public_key)
                .join(tables.kiosks, kiosk.id == kept.kiosk_id)
                .where(kept.kiosk_id == kiosk_id)
                .order_by(kept.made_at.desc())
                .limit(limit)
            ).all()
        return [
            ShownReport(
                row.id,
                row.received_at,
                readiness.digest(bytes(row.body)),
                _report(kiosk_id, bytes(row.body), bytes(row.signature), bytes(row.public_key)),
            )
            for row in rows
        ]


def _report(kiosk_id: str, body: bytes, signature: bytes, public_key: bytes) -> ReadinessReport | None:
    try:
        report = readiness.verified(body, signature, public_key)
    except ReportRefused:
        return None
    return report if report.kiosk_id == kiosk_id else None
