"""Up to which number everything that a kiosk numbered is here."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from server.storage import tables

#: Numbers of one kiosk that are read at once where a gap was closed.
READ: Final = 1_000
_KIOSK: Final = tables.kiosks.c
_SENT: Final = tables.submissions.c
_REACHED: Final = select(_KIOSK.id, _KIOSK.ack_through).where(_KIOSK.id.in_(bindparam("kiosks", expanding=True)))
_MOVED: Final = update(tables.kiosks).where(_KIOSK.id == bindparam("of")).values(ack_through=bindparam("to"))
# Not by pairs: SQLite reads the whole table for a row value in a list.
_THERE: Final = select(_SENT.kiosk_id, _SENT.kiosk_seq).where(
    _SENT.kiosk_id.in_(bindparam("kiosks", expanding=True)), _SENT.kiosk_seq.in_(bindparam("numbers", expanding=True))
)
_ABOVE: Final = (
    select(_SENT.kiosk_seq)
    .where(_SENT.kiosk_id == bindparam("kiosk"), _SENT.kiosk_seq > bindparam("than"))
    .order_by(_SENT.kiosk_seq)
    .limit(READ)
)


def move_on(connection: Connection, new: Sequence[tuple[str, int]], kiosks: Iterable[str]) -> dict[str, int]:
    """The number of each of ``kiosks``, written down where it rose. ``new``: kiosks and the numbers just stored.

    The number after the last one was not there, or it would have been counted: it moves only when this brings that one,
    and past what came before it only when the next one is there already.
    """
    begun = {kiosk_id: int(reached) for kiosk_id, reached in connection.execute(_REACHED, {"kiosks": sorted(kiosks)})}
    through = dict(begun)
    for kiosk_id, number in sorted(new):
        if number == through[kiosk_id] + 1:
            through[kiosk_id] = number
    moved = {kiosk_id: reached for kiosk_id, reached in through.items() if reached != begun[kiosk_id]}
    if not moved:
        return through
    following = {"kiosks": list(moved), "numbers": [reached + 1 for reached in moved.values()]}
    for kiosk_id, number in connection.execute(_THERE, following).all():
        if number == through[kiosk_id] + 1:
            through[kiosk_id] = _run(connection, kiosk_id, through[kiosk_id])
    rows = [{"of": kiosk_id, "to": through[kiosk_id]} for kiosk_id in sorted(moved)]
    connection.execute(_MOVED, rows)
    return through


def _run(connection: Connection, kiosk_id: str, through: int) -> int:
    """The end of the run without a gap that goes on from ``through``."""
    while numbers := connection.execute(_ABOVE, {"kiosk": kiosk_id, "than": through}).scalars().all():
        for number in numbers:
            if number > through + 1:
                return through
            through = number
    return through
