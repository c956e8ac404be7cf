"""What the city publishes for everybody, signed and numbered: the newest version of each document."""

import base64
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Row, select, update

from protocol.documents import SignedDocument, sign
from server.foundation.clock import Clock
from server.storage.citizen_tables import documents
from server.storage.transactions import in_transaction, insert_new


class Publications:
    def __init__(self, engine: Engine, clock: Clock, key: bytes) -> None:
        """``key``: the seed that kiosks know the public half of."""
        self._engine = engine
        self._clock = clock
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

    def publish(self, name: str, body: BaseModel, also: Callable[[Connection], None] | None = None) -> int:
        """Makes ``body`` the newest version, unless it says the same as the last one; the version in force.

        ``also`` writes what belongs to it into the same transaction.
        """
        text = body.model_dump_json()

        def work(connection: Connection) -> int:
            if also is not None:
                also(connection)
            last = connection.execute(select(documents).where(documents.c.name == name).with_for_update()).first()
            if last is not None and last.body == text:
                return int(last.version)
            version, now = (last.version + 1 if last is not None else 1), self._clock.now()
            row = {
                "version": version,
                "made_at": now,
                "body": text,
                "signature": sign(name, version, now, text, self._key),
            }
            if last is None and insert_new(connection, documents, {"name": name, **row}):
                return version
            connection.execute(update(documents).where(documents.c.name == name).values(**row))
            return version

        return in_transaction(self._engine, work)


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
