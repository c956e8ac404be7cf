"""Which packs were verified and installed, newest last; the files themselves lie beside the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.database import Database
from kiosk.store.schema import packs

#: Marks in the store. Why no newer pack could be looked for; of what is offered, why it could not be verified; and the
#: version that field staff went back from: not in force again until they say so, or a newer one comes.
PROBLEM: Final = "pack_problem"
UNVERIFIED: Final = "pack_unverified"
HELD_BACK: Final = "pack_held_back"


@dataclass(frozen=True, slots=True)
class InstalledPack:
    version: int
    sha256: str
    size: int
    installed_at: datetime


class Packs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pack: InstalledPack) -> None:
        values = {"sha256": pack.sha256, "size": pack.size, "installed_at": pack.installed_at}
        with self._database.transaction() as connection:
            connection.execute(
                insert(packs)
                .values(version=pack.version, **values)
                .on_conflict_do_update(index_elements=["version"], set_=values)
            )

    def newest_first(self) -> tuple[InstalledPack, ...]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(packs).order_by(packs.c.version.desc())).all()
        return tuple(InstalledPack(row.version, row.sha256, row.size, row.installed_at) for row in rows)

    def forget(self, version: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(delete(packs).where(packs.c.version == version))
