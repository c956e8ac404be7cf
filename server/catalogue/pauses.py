"""Services that are paused: they stay in the pack, with the reason, and nobody can begin them.

Which are paused stands in a table, and every pack that is published has it in its descriptions: neither a new version nor
taking a pack back ends a pause by accident. Whoever has begun a service before goes on to its end.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select

from server.catalogue.pack_content import PackContent, PackService
from server.storage import tables

REASON_CHARACTERS: Final = 300


class PauseOutcome(StrEnum):
    DONE = "DONE"
    #: No kiosk has the service, or it is paused (goes on) already.
    NOT_FOUND = "NOT_FOUND"
    #: An Indonesian reason is needed, none may be longer than REASON_CHARACTERS.
    BAD_REASON = "BAD_REASON"


def paused(connection: Connection) -> dict[str, Row[Any]]:
    """Rows of ``paused_services`` by service."""
    return {row.service_id: row for row in connection.execute(select(tables.paused_services))}


def with_pauses(connection: Connection, content: PackContent) -> PackContent:
    """What a pack holds, each service with the pause that it has now, or none."""
    rows = paused(connection)
    return replace(content, services=tuple(_with_pause(one, rows.get(one.description.id)) for one in content.services))


def said(reason: Mapping[str, str]) -> dict[str, str] | None:
    """The reason as it is kept; None for one that cannot be."""
    texts = {language: text.strip() for language, text in reason.items() if text.strip()}
    if "id" not in texts or any(len(text) > REASON_CHARACTERS for text in texts.values()):
        return None
    return texts


def forget(connection: Connection, service_id: str) -> bool:
    """Whether it was paused."""
    gone = delete(tables.paused_services).where(tables.paused_services.c.service_id == service_id)
    return bool(connection.execute(gone).rowcount)


def _with_pause(service: PackService, row: Row[Any] | None) -> PackService:
    reason = None if row is None else dict(row.reason)
    if service.description.paused == reason:
        return service
    return replace(service, description=service.description.model_copy(update={"paused": reason}))
