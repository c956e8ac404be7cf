"""Each kiosk's feed: gapless, in order, the truth that live streams only repeat.

The cursor is a counter in the kiosk's own row, raised in the transaction that writes the event. A sequence would be
taken before its commit, and a reader that had passed a later number would never see the earlier one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from protocol.messages import FeedEvent, FeedPage, FeedType
from server.storage import tables

PAGE_EVENTS: Final = 200
#: Kiosks whose counters are raised with one statement.
AT_ONCE: Final = 1_000
#: Who misses more is read alone, so many of those at a time.
NEAR_EVENTS: Final = 8
FAR_AT_ONCE: Final = 20
_KIOSK: Final = tables.kiosks.c
_SOME: Final = _KIOSK.id.in_(bindparam("some", expanding=True))
#: In the order of their ids; an UPDATE of several takes them in an order of its own.
_HOLD: Final = select(_KIOSK.id).where(_SOME).order_by(_KIOSK.id).with_for_update()
_RAISE: Final = (
    update(tables.kiosks)
    .where(_SOME)
    .values(feed_seq=_KIOSK.feed_seq + bindparam("more"))
    .returning(_KIOSK.id, _KIOSK.feed_seq)
)
_APPEND: Final = insert(tables.feed)


class NoSuchKiosk(LookupError):
    """A feed is asked of a kiosk that was never enrolled."""


def append(connection: Connection, kiosk_id: str, event: FeedType, data: Mapping[str, Any], at: datetime) -> int:
    """Writes one event into the caller's transaction and gives its cursor.

    Holds the kiosk's row until the commit, so a transaction that writes to several kiosks does so in the order of
    their ids; see :func:`append_to_all`. The server writes through ``UnitOfWork.to_kiosk``, which hints at it.
    """
    return append_many(connection, kiosk_id, event, [data], at)


def append_many(
    connection: Connection, kiosk_id: str, event: FeedType, data: Sequence[Mapping[str, Any]], at: datetime
) -> int:
    """As :func:`append`, for several events of a type in their order; gives the last one's cursor."""
    return append_each(connection, event, {kiosk_id: data}, at)[kiosk_id]


def append_each(
    connection: Connection, event: FeedType, data: Mapping[str, Sequence[Mapping[str, Any]]], at: datetime
) -> dict[str, int]:
    """As :func:`append_many`, for several kiosks by their ids, with as few statements for a thousand as for ten; gives each
    one's last cursor."""
    kiosks, cursors = sorted(data), dict[str, int]()
    for first in range(0, len(kiosks), AT_ONCE):
        some = kiosks[first : first + AT_ONCE]
        if len(some) > 1:
            connection.execute(_HOLD, {"some": some})
        for count in {len(data[one]) for one in some}:
            same = [one for one in some if len(data[one]) == count]
            raised = connection.execute(_RAISE, {"some": same, "more": count})
            cursors |= {row.id: row.feed_seq for row in raised}
        if missing := [one for one in some if one not in cursors]:
            raise NoSuchKiosk(missing[0])
        connection.execute(
            _APPEND,
            [
                {"kiosk_id": one, "n": n, "type": event.value, "at": at, "data": dict(told)}
                for one in some
                for n, told in enumerate(data[one], cursors[one] - len(data[one]) + 1)
            ],
        )
    return cursors


def append_to_all(
    connection: Connection, event: FeedType, data: Mapping[str, Any], at: datetime, rings: tuple[str, ...] | None = None
) -> list[str]:
    """One event for every kiosk that is approved and not revoked (of ``rings``); gives their ids."""
    query = select(tables.kiosks.c.id).where(*tables.IN_FLEET).order_by(tables.kiosks.c.id)
    if rings is not None:
        query = query.where(tables.kiosks.c.ring.in_(rings))
    ids = list(connection.execute(query).scalars())
    append_each(connection, event, dict.fromkeys(ids, (data,)), at)
    return ids


def page(connection: Connection, kiosk_id: str, after: int, limit: int = PAGE_EVENTS) -> FeedPage:
    """At most ``limit`` events after the cursor, and the newest cursor there is."""
    head = connection.execute(select(tables.kiosks.c.feed_seq).where(tables.kiosks.c.id == kiosk_id)).scalar()
    if head is None:
        raise NoSuchKiosk(kiosk_id)
    rows = connection.execute(
        select(tables.feed.c.n, tables.feed.c.type, tables.feed.c.at, tables.feed.c.data)
        .where(tables.feed.c.kiosk_id == kiosk_id, tables.feed.c.n > after)
        .order_by(tables.feed.c.n)
        .limit(limit)
    )
    events = tuple(FeedEvent(n=n, type=kind, at=at, data=data) for n, kind, at, data in rows)
    return FeedPage(events=events, head=head)


def heads(connection: Connection) -> dict[str, int]:
    """The newest cursor of each kiosk that is not shut out."""
    kiosk = tables.kiosks.c
    rows = connection.execute(select(kiosk.id, kiosk.feed_seq).where(kiosk.revoked_at.is_(None)))
    return {row.id: row.feed_seq for row in rows}


def page_of_each(connection: Connection, after: Mapping[str, int]) -> dict[str, FeedPage]:
    """As :func:`page` for each kiosk of ``after`` (its id: its cursor) that is not shut out. Those that miss a few events, as
    most do that are told live, are read with one statement; of the others FAR_AT_ONCE, whoever else is far behind has an
    empty page below its head and asks again."""
    kiosk, event = tables.kiosks.c, tables.feed.c
    rows = connection.execute(
        select(kiosk.id, kiosk.feed_seq).where(kiosk.id.in_(after), kiosk.revoked_at.is_(None))
    ).all()
    missing = {row.id: row.feed_seq - after[row.id] for row in rows}
    near = [one for one, count in missing.items() if 0 < count <= NEAR_EVENTS]
    far = [one for one, count in missing.items() if count > NEAR_EVENTS]
    events: dict[str, list[FeedEvent]] = {one: [] for one in near}
    if near:
        found = connection.execute(
            select(event.kiosk_id, event.n, event.type, event.at, event.data)
            .join(tables.kiosks, kiosk.id == event.kiosk_id)
            .where(kiosk.id.in_(near), event.n > kiosk.feed_seq - max(missing[one] for one in near))
            .order_by(event.kiosk_id, event.n)
        )
        for kiosk_id, n, kind, at, data in found:
            if n > after[kiosk_id]:
                events[kiosk_id].append(FeedEvent(n=n, type=kind, at=at, data=data))
    pages = {row.id: FeedPage(events=tuple(events.get(row.id, ())), head=row.feed_seq) for row in rows}
    for kiosk_id, one in pages.items():
        if one.events and one.events[0].n != after[kiosk_id] + 1:
            # More came between the two statements than the second one looked back for.
            pages[kiosk_id] = FeedPage(events=(), head=one.head)
    return pages | {one: page(connection, one, after[one]) for one in far[:FAR_AT_ONCE]}
