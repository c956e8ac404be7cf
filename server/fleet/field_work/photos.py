"""Photos that field staff took for the office: of a kiosk, never of citizens, and kept while they are of use."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select

from protocol.field.visits import VisitPhoto
from server.foundation import bus
from server.foundation.actors import kiosk_actor
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

#: Of one kiosk; an older one gives way.
KEPT: Final = 20
#: How every JPEG begins.
_JPEG: Final = b"\xff\xd8\xff"


class VisitPhotos:
    def __init__(self, units: UnitsOfWork, most: int = KEPT) -> None:
        self._units = units
        self._most = most

    def take(self, kiosk_id: str, sent: VisitPhoto) -> bool:
        """False for what is no JPEG. The same visit's again changes nothing."""
        photo, kept = bytes(sent.jpeg), tables.visit_photos
        if not photo.startswith(_JPEG):
            return False
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            row = {"kiosk_id": kiosk_id, "visit_id": sent.visit_id, "received_at": work.now, "jpeg": photo}
            if insert_new(work.connection, kept, row):
                of_kiosk = kept.c.kiosk_id == kiosk_id
                newest = select(kept.c.visit_id).where(of_kiosk).order_by(kept.c.received_at.desc()).limit(self._most)
                remain = work.connection.scalars(newest).all()
                work.connection.execute(delete(kept).where(of_kiosk, kept.c.visit_id.not_in(remain)))
                work.audit("kiosk.photo", f"kiosk:{kiosk_id}")
                work.hint(bus.FLEET, kiosk_id)
        return True

    def photo(self, kiosk_id: str, visit_id: str) -> bytes | None:
        kept = tables.visit_photos.c
        with self._units.engine.connect() as connection:
            found = connection.execute(
                select(kept.jpeg).where(kept.kiosk_id == kiosk_id, kept.visit_id == visit_id)
            ).scalar()
        return None if found is None else bytes(found)

    def of_visits(self, visit_ids: Collection[str]) -> frozenset[str]:
        """Those that have one."""
        kept = tables.visit_photos.c
        with self._units.engine.connect() as connection:
            return frozenset(connection.scalars(select(kept.visit_id).where(kept.visit_id.in_(visit_ids))))
