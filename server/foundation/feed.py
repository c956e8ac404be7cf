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
_KIOSK: Final = tables.kiosks.c
_COUNT: Final = (
    update(tables.kiosks).where(_KIOSK.id == bindparam("of")).values(feed_seq=_KIOSK.feed_seq + bindparam("more"))
)
_COUNTERS: Final = select(_KIOSK.id, _KIOSK.feed_seq).where(_KIOSK.id.in_(bindparam("kiosks", expanding=True)))
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
    """As :func:`append_many`, for several kiosks by their ids; gives each one's last cursor."""
    # In the order of their ids: each row is held from here on.
    kiosks = sorted(data)
    connection.execute(_COUNT, [{"of": kiosk_id, "more": len(data[kiosk_id])} for kiosk_id in kiosks])
    counters = {kiosk_id: int(last) for kiosk_id, last in connection.execute(_COUNTERS, {"kiosks": kiosks})}
    if len(counters) < len(kiosks):
        raise NoSuchKiosk(next(kiosk_id for kiosk_id in kiosks if kiosk_id not in counters))
    rows = [
        {"kiosk_id": kiosk_id, "n": n, "type": event.value, "at": at, "data": dict(one)}
        for kiosk_id in kiosks
        for n, one in enumerate(data[kiosk_id], counters[kiosk_id] - len(data[kiosk_id]) + 1)
    ]
    connection.execute(_APPEND, rows)
    return counters


def append_to_all(
    connection: Connection, event: FeedType, data: Mapping[str, Any], at: datetime, rings: tuple[str, ...] | None = None
) -> list[str]:
    """One event for every kiosk that is approved and not revoked (of ``rings``); gives their ids."""
    query = select(tables.kiosks.c.id).where(*tables.IN_FLEET).order_by(tables.kiosks.c.id)
    if rings is not None:
        query = query.where(tables.kiosks.c.ring.in_(rings))
    ids = list(connection.execute(query).scalars())
    for kiosk_id in ids:
        append(connection, kiosk_id, event, data, at)
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
