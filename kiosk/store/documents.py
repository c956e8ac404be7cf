"""What the city publishes for everybody, as it was verified: the newest version of each document."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from kiosk.store.database import Database, Use
from kiosk.store.schema import documents


@dataclass(frozen=True, slots=True)
class StoredDocument:
    name: str
    version: int
    made_at: datetime
    body: Any


class Documents:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> StoredDocument | None:
        with self._database.transaction() as connection:
            row = connection.execute(select(documents).where(documents.c.name == name)).one_or_none()
        return None if row is None else StoredDocument(**row._mapping)

    def versions(self) -> dict[str, int]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(documents.c.name, documents.c.version)).all()
        return {row.name: row.version for row in rows}

    def put(self, document: StoredDocument) -> bool:
        """False when this version or a newer one is there: versions only rise. Raises StorageFailed."""
        with self._database.growing(Use.NEW, len(json.dumps(document.body))) as connection:
            kept = connection.execute(select(documents.c.version).where(documents.c.name == document.name)).scalar()
            if kept is not None and kept >= document.version:
                return False
            connection.execute(delete(documents).where(documents.c.name == document.name))
            connection.execute(
                documents.insert().values(
                    name=document.name, version=document.version, made_at=document.made_at, body=document.body
                )
            )
        return True
