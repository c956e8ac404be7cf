"""What the city publishes for everybody, signed and numbered: the newest version of each document."""

import base64
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Row, select, update

from protocol.documents import SignedDocument, sign
from server.storage.citizen_tables import documents
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork


class Publications:
    def __init__(self, units: UnitsOfWork, key: bytes) -> None:
        """``key``: the seed that kiosks know the public half of."""
        self._engine = units.engine
        self._key = key

    def versions(self) -> dict[str, int]:
        """The newest version of each document; what heartbeats are answered with."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(documents.c.name, documents.c.version))
            return {row.name: row.version for row in rows}

    def get(self, name: str) -> SignedDocument | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(documents).where(documents.c.name == name)).first()
        return None if row is None else _document(row)

    def leap(self, connection: Connection, ahead: int) -> None:
        """After a restore: the same documents, beyond all versions that kiosks may have seen."""
        for row in connection.execute(select(documents)).all():
            version = row.version + ahead
            signature = sign(row.name, version, row.made_at, row.body, self._key)
            connection.execute(
                update(documents).where(documents.c.name == row.name).values(version=version, signature=signature)
            )

    def publish(self, work: UnitOfWork, name: str, body: BaseModel) -> int:
        """Makes ``body`` the newest version, unless it says the same as the last one; the version in force."""
        text, connection = body.model_dump_json(), work.connection
        last = connection.execute(select(documents).where(documents.c.name == name).with_for_update()).first()
        if last is not None and last.body == text:
            return int(last.version)
        version = last.version + 1 if last is not None else 1
        row = {
            "version": version,
            "made_at": work.now,
            "body": text,
            "signature": sign(name, version, work.now, text, self._key),
        }
        if last is None and insert_new(connection, documents, {"name": name, **row}):
            return version
        connection.execute(update(documents).where(documents.c.name == name).values(**row))
        return version


def _document(row: Row[Any]) -> SignedDocument:
    return SignedDocument.model_validate(
        {
            "name": row.name,
            "version": row.version,
            "made_at": row.made_at,
            "body": row.body,
            # Base64Bytes decodes what it is given, therefore the encoded form goes in.
            "signature": base64.b64encode(row.signature),
        }
    )
