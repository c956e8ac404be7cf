"""Service descriptions as published: which service a pack held, in which version."""

from sqlalchemy import Connection, func, select

from protocol.packs import ServiceDescription
from server.storage import tables


class Catalogue:
    """Published descriptions never change, so each is parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[int, str], ServiceDescription] = {}

    def description(self, connection: Connection, pack: int, service_id: str) -> ServiceDescription | None:
        key = (pack, service_id)
        if key not in self._parsed:
            found = connection.execute(
                select(tables.service_versions.c.document).where(
                    tables.service_versions.c.pack_number == pack, tables.service_versions.c.service_id == service_id
                )
            ).scalar()
            if found is None:
                return None
            self._parsed[key] = ServiceDescription.model_validate(found)
        return self._parsed[key]

    def newest(self, connection: Connection) -> dict[str, ServiceDescription]:
        """The services of the newest pack, in order."""
        number = connection.execute(select(func.max(tables.packs.c.number))).scalar()
        if number is None:
            return {}
        return self.of_pack(connection, number)

    def of_pack(self, connection: Connection, number: int) -> dict[str, ServiceDescription]:
        ids = connection.execute(
            select(tables.service_versions.c.service_id)
            .where(tables.service_versions.c.pack_number == number)
            .order_by(tables.service_versions.c.position)
        ).scalars()
        descriptions = {service_id: self.description(connection, number, service_id) for service_id in list(ids)}
        return {service_id: description for service_id, description in descriptions.items() if description is not None}
