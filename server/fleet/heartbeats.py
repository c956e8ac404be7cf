"""Heartbeats, as many at once as wait: with the same statements and one commit for all of them.

A fleet of ten thousand sends some 670 a second. Alone, each of them would cost a dozen statements and a commit to disk.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from protocol.line.releases import ReleaseOffer
from protocol.messages import Heartbeat, HeartbeatAnswer
from protocol.signing import Verified
from server.audit.witnesses import Witnesses
from server.fleet.alarms import Alarms
from server.fleet.components import paper_mm
from server.fleet.field_work.own_orders import order_rolls
from server.fleet.pace import Pace
from server.fleet.releases.rollout import Rollout
from server.foundation import bus, lineage
from server.foundation.actors import SYSTEM
from server.foundation.clock import load_calendar
from server.front_door.signing_clock import SigningClock
from server.open_city.publications import Publications
from server.storage import tables
from server.storage.transactions import insert_all_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: One heartbeat of the history every so often; the newest is always in the kiosk's row.
HISTORY_EVERY: Final = timedelta(minutes=5)
#: Written in one transaction.
AT_ONCE: Final = 200
#: What pages show of a kiosk besides its components, alarms and state: whoever watches it looks again.
_IN_SIGHT: Final = (
    "pack_version",
    "in_service",
    "outbox_waiting",
    "outbox_parked",
    "outbox_reasons",
    "software",
    "program",
)


@dataclass(frozen=True)
class Beat:
    kiosk_id: str
    heartbeat: Heartbeat
    #: Of the request that brought it, whose nonce is still to be written down; None: there was no request.
    signed: Verified | None = None


class Heartbeats:
    def __init__(
        self,
        units: UnitsOfWork,
        zone: str,
        alarms: Alarms,
        witnesses: Witnesses,
        publications: Publications,
        signing_clock: SigningClock,
        rollout: Rollout,
        pace: Pace,
    ) -> None:
        self._units = units
        self._zone = zone
        self._alarms = alarms
        self._witnesses = witnesses
        self._publications = publications
        self._signing_clock = signing_clock
        self._rollout = rollout
        self._pace = pace

    def take(self, beats: Sequence[Beat]) -> list[HeartbeatAnswer | None]:
        """Keeps them and judges their kiosks; the answers in the same order. None: this very request came before, or too
        much later than it was signed to tell.

        At most one of each kiosk. When it raises, nothing was kept.
        """
        # First what may fail: of a request that is kept and not answered, the nonce would refuse it when it is tried again.
        offers = self._witnesses.offers([beat.heartbeat.witnessed for beat in beats])
        documents = self._publications.versions()
        kept = self._units.run(SYSTEM, lambda work: self._keep(work, beats))
        return [
            None
            if beat.kiosk_id not in kept.feed_heads
            else HeartbeatAnswer(
                server_time=kept.now,
                interval_s=self._pace.interval_s,
                feed_head=kept.feed_heads[beat.kiosk_id],
                checkpoint=offer,
                restored=kept.restored,
                documents=documents,
                release=kept.releases.get(beat.kiosk_id),
            )
            for beat, offer in zip(beats, offers, strict=True)
        ]

    def _keep(self, work: UnitOfWork, beats: Sequence[Beat]) -> "_Kept":
        connection, now = work.connection, work.now
        # In each process: the alarms are looked at by one of them only.
        self._pace.look(connection, now)
        fresh = self._signing_clock.remember_all(connection, [beat.signed for beat in beats if beat.signed])
        new = {beat.kiosk_id: beat for beat in beats if beat.signed is None or beat.kiosk_id in fresh}
        kiosk = tables.kiosks.c
        # In the order of their ids, as whoever writes to several feeds holds these rows.
        rows = connection.execute(
            select(tables.kiosks).where(kiosk.id.in_(new)).order_by(kiosk.id).with_for_update()
        ).all()
        history = [row for row in rows if row.history_at is None or now - row.history_at >= HISTORY_EVERY]
        due = {row.id for row in history}
        witnessed = self._witnesses.remember_all(connection, [(row, new[row.id].heartbeat.witnessed) for row in rows])
        values = [
            {
                **_columns(new[row.id].heartbeat, now),
                **witnessed[row.id],
                "history_at": now if row.id in due else row.history_at,
            }
            for row in rows
        ]
        if values:
            names: dict[str, Any] = {name: bindparam(f"new_{name}") for name in values[0]}
            connection.execute(
                update(tables.kiosks).where(kiosk.id == bindparam("of")).values(names),
                [
                    {"of": row.id, **{f"new_{name}": value for name, value in changed.items()}}
                    for row, changed in zip(rows, values, strict=True)
                ],
            )
        changes = [change for row in rows for change in _changes(row, new[row.id].heartbeat, now)]
        if changes:
            connection.execute(insert(tables.component_history), changes)
        if history:
            _keep_history(connection, [(row, new[row.id].heartbeat) for row in history], now)
        after = [SimpleNamespace(**{**row._mapping, **changed}) for row, changed in zip(rows, values, strict=True)]
        in_fleet = [one for one in after if one.approved_at is not None and one.revoked_at is None]
        judged = self._alarms.judge(connection, in_fleet, load_calendar(connection, self._zone), now)
        order_rolls(work, judged.rolls)
        seen = judged.kiosks | {change["kiosk_id"] for change in changes}
        seen |= {
            row.id
            for row, changed in zip(rows, values, strict=True)
            if any(getattr(row, name) != changed[name] for name in _IN_SIGHT)
        }
        for kiosk_id in sorted(seen):
            work.hint(bus.FLEET, kiosk_id)
        asked = self._rollout.heard(work, [(row, new[row.id].heartbeat) for row in rows])
        return _Kept(
            now,
            {row.id: row.feed_seq for row in rows},
            lineage.current(connection),
            {kiosk_id: ReleaseOffer(number=number) for kiosk_id, number in asked.items()},
        )


@dataclass(frozen=True)
class _Kept:
    now: datetime
    #: Of those whose heartbeat was kept.
    feed_heads: Mapping[str, int]
    restored: str
    #: What those that are asked to take another program shall run.
    releases: Mapping[str, ReleaseOffer]


def _columns(beat: Heartbeat, now: datetime) -> dict[str, Any]:
    return {
        "last_heartbeat_at": now,
        "device_time": beat.device_time,
        "boot_id": beat.boot_id,
        "uptime_s": beat.uptime_s,
        "software": beat.software,
        "protocol": beat.protocol,
        "program": None if beat.program is None else beat.program.number,
        "pack_version": beat.pack_version,
        "in_service": beat.in_service,
        "components": [one.model_dump(mode="json") for one in beat.components],
        "outbox_waiting": beat.outbox.waiting,
        "outbox_parked": beat.outbox.parked,
        "outbox_oldest_at": beat.outbox.oldest_at,
        "outbox_reasons": dict(beat.outbox.reasons),
        "sessions_today": beat.sessions_today,
        "last_touch_at": beat.last_touch_at,
        "disk_free_bytes": beat.disk_free_bytes,
        "pack_problem": beat.pack_problem,
    }


def _changes(before: Row[Any], beat: Heartbeat, now: datetime) -> Iterable[dict[str, Any]]:
    """Rows of ``component_history``: components that are in another state than before."""
    known = {one["component"]: (one["availability"], set(one["conditions"])) for one in before.components}
    for one in beat.components:
        if known.get(one.component) != (one.availability, set(one.conditions)):
            yield {
                "kiosk_id": before.id,
                "component": one.component,
                "availability": one.availability.value,
                "conditions": sorted(one.conditions),
                "detail": one.detail,
                "since": one.since,
                "at": now,
            }


def _keep_history(connection: Connection, beats: Sequence[tuple[Row[Any], Heartbeat]], now: datetime) -> None:
    rows = [
        {
            "kiosk_id": row.id,
            "received_at": now,
            "device_time": beat.device_time,
            "boot_id": beat.boot_id,
            "pack_version": beat.pack_version,
            "in_service": beat.in_service,
            "outbox_waiting": beat.outbox.waiting,
            "outbox_parked": beat.outbox.parked,
            "sessions_today": beat.sessions_today,
            "paper_mm": paper_mm(beat.components),
        }
        for row, beat in beats
    ]
    insert_all_new(connection, tables.heartbeats, rows)
