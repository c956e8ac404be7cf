"""What the database holds, in numbers, for the operator's Prometheus: fleet, queues, alarms, cases, chores. No personal data.

Read at most every FRESH_S, however many ask. Several servers tell the same; rules take the greatest (``deploy/prometheus``).
"""

import shutil
import time
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from server.deps import Deps
from server.operator.readiness import Found
from server.storage import tables

FRESH_S: Final = 10.0


class Measures(Collector):
    """``ready`` is what was found last; whoever asks for the metrics looks before."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._last: tuple[float, list[Metric]] = (float("-inf"), [])
        self.ready = Found()

    def describe(self) -> list[Metric]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._own()
        if not self.ready.storage:
            return
        at, found = self._last
        if time.monotonic() - at >= FRESH_S:
            try:
                found = list(self._of_city())
            except SQLAlchemyError:
                return
            self._last = (time.monotonic(), found)
        yield from found

    def _own(self) -> Iterator[Metric]:
        """Of this process and its machine."""
        deps = self._deps
        parts = _gauge("ekios_up", "Whether a part that a server needs is there", "part")
        for part, there in self.ready.told().items():
            if isinstance(there, bool):
                parts.add_metric(["ready" if part == "ok" else part], float(there))
        yield parts
        yield _one("ekios_disk_free_bytes", "Free at the data folder", shutil.disk_usage(deps.settings.data).free)
        yield _one("ekios_listeners", "Live streams that wait for hints", deps.bus.listeners)

    def _of_city(self) -> Iterator[Metric]:
        deps = self._deps
        with deps.engine.connect() as connection:
            yield from _fleet(connection)
            yield _alarms(connection)
            yield from _waiting(connection, deps.clock.now().timestamp())
            size = connection.execute(select(tables.audit_tree.c.size)).scalar() or 0
            yield _one("ekios_audit_entries", "Entries of the audit log", size)
            yield _one("ekios_pack", "The newest pack's number", self.ready.pack)
        yield _one("ekios_servers", "Servers on this database", len(deps.servers.others()) + 1)
        yield from self._cases()
        yield from self._chores()

    def _cases(self) -> Iterator[Metric]:
        now = self._deps.overview.recent()
        cases = _gauge("ekios_cases", "Cases that are not decided, by how they stand", "standing")
        for standing in ("running", "waiting", "late", "escalated"):
            cases.add_metric([standing], getattr(now, standing))
        yield cases
        yield _one("ekios_cases_today", "Received since midnight", now.today)
        complaints = _gauge("ekios_complaints", "Complaints that are open", "standing")
        complaints.add_metric(["open"], now.complaints_open)
        complaints.add_metric(["late"], now.complaints_late)
        yield complaints

    def _chores(self) -> Iterator[Metric]:
        began = _gauge("ekios_chore_began_seconds", "When a chore began last, by whichever server", "chore")
        ended = _gauge("ekios_chore_ended_seconds", "When a chore ended last", "chore")
        failed = _gauge("ekios_chore_failed", "Whether a chore failed the last time", "chore")
        for run in self._deps.leases.runs():
            if run.began_at is not None:
                began.add_metric([run.name], run.began_at.timestamp())
            if run.ended_at is not None:
                ended.add_metric([run.name], run.ended_at.timestamp())
                failed.add_metric([run.name], float(bool(run.failed)))
        yield from (began, ended, failed)


def _fleet(connection: Connection) -> Iterator[Metric]:
    kiosk = tables.kiosks.c
    behind = kiosk.feed_seq - kiosk.feed_applied
    rows = connection.execute(
        select(
            kiosk.state,
            func.count().label("number"),
            func.coalesce(func.sum(kiosk.outbox_waiting), 0).label("waiting"),
            func.coalesce(func.sum(kiosk.outbox_parked), 0).label("parked"),
            func.min(kiosk.outbox_oldest_at).label("oldest"),
            func.max(behind).label("lag"),
        )
        .where(kiosk.revoked_at.is_(None))
        .group_by(kiosk.state)
        .order_by(kiosk.state)
    ).all()
    kiosks = _gauge("ekios_kiosks", "Kiosks by state", "state")
    for row in rows:
        kiosks.add_metric([row.state], row.number)
    yield kiosks
    outbox = _gauge("ekios_outbox_items", "Items at kiosks that the server has not, as they reported", "kind")
    outbox.add_metric(["waiting"], sum(row.waiting for row in rows))
    outbox.add_metric(["parked"], sum(row.parked for row in rows))
    yield outbox
    oldest = [row.oldest.timestamp() for row in rows if row.oldest is not None]
    yield _one(
        "ekios_outbox_oldest_seconds", "When the oldest of them was saved; 0: there is none", min(oldest, default=0)
    )
    yield _one(
        "ekios_feed_lag_events",
        "Events that the slowest kiosk has not applied",
        max((row.lag for row in rows), default=0),
    )


def _waiting(connection: Connection, now: float) -> Iterator[Metric]:
    sent, marks = tables.submissions.c, tables.picture_marks.c
    count, oldest = connection.execute(
        select(func.count(), func.min(sent.received_at)).where(sent.complete.is_(False))
    ).one()
    queues = _gauge("ekios_queue", "What waits at the server", "queue")
    queues.add_metric(["attachments"], count)
    pictures = connection.execute(select(func.count()).where(marks.looked_at.is_(None))).scalar_one()
    queues.add_metric(["pictures"], pictures)
    yield queues
    age = 0.0 if oldest is None else max(0.0, now - oldest.timestamp())
    yield _one("ekios_attachments_oldest_age_seconds", "How long a submission has waited for its attachments", age)


def _alarms(connection: Connection) -> Metric:
    alarm = tables.alarms.c
    open_ones = select(alarm.kind, func.count()).where(alarm.cleared_at.is_(None)).group_by(alarm.kind)
    gauge = _gauge("ekios_alarms_open", "Open alarms by kind", "kind")
    for kind, number in connection.execute(open_ones.order_by(alarm.kind)):
        gauge.add_metric([kind], number)
    return gauge


def _gauge(name: str, said: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, labels=[label])


def _one(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, value=value)
