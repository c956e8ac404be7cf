"""Agencies: offices that serve citizens. Their officers, services and cases refer to them by an id that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, exists, func, insert, select, update

from protocol.languages import LANGUAGES
from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

NAME_CHARACTERS: Final = 200
ID_CHARACTERS: Final = 64
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")


class AgencyOutcome(StrEnum):
    DONE = "DONE"
    #: a-z, 0-9, '.', '_' and '-', at most 64.
    BAD_ID = "BAD_ID"
    ID_TAKEN = "ID_TAKEN"
    #: An Indonesian name is needed; none may be longer than NAME_CHARACTERS.
    BAD_NAME = "BAD_NAME"
    #: Officers, services or cases are still there.
    IN_USE = "IN_USE"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True)
class Agency:
    id: str
    name: Mapping[str, str]
    officers: int
    #: No pack ever named it, nobody works there, and it has no cases.
    unused: bool


class Agencies:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def all(self) -> list[Agency]:
        """In the order in which pages list them."""
        agency = tables.agencies.c

        officers = (
            select(func.count()).select_from(tables.officers).where(tables.officers.c.agency_id == agency.id)
        ).scalar_subquery()
        cases = exists().where(tables.cases.c.agency_id == agency.id)
        services = exists().where(tables.service_versions.c.agency_id == agency.id)
        with self._units.engine.connect() as connection:
            rows = connection.execute(
                select(agency.id, agency.name, officers, cases, services).order_by(agency.position, agency.id)
            ).all()
        return [Agency(row[0], row[1], row[2], not any(row[2:])) for row in rows]

    def add(self, actor: Actor, agency_id: str, name: Mapping[str, str]) -> AgencyOutcome:
        said = _said(name)
        if said is None:
            return AgencyOutcome.BAD_NAME
        if not 0 < len(agency_id) <= ID_CHARACTERS or set(agency_id) - _LETTERS or not agency_id[0].isalnum():
            return AgencyOutcome.BAD_ID
        agency = tables.agencies.c
        with self._units.begin(actor) as work:
            if work.connection.execute(select(agency.id).where(agency.id == agency_id)).first() is not None:
                return AgencyOutcome.ID_TAKEN
            last = work.connection.execute(select(func.max(agency.position))).scalar() or 0
            work.connection.execute(insert(tables.agencies).values(id=agency_id, name=said, position=last + 1))
            work.audit("agency.add", f"agency:{agency_id}", {"name": said["id"]})
        return AgencyOutcome.DONE

    def rename(self, actor: Actor, agency_id: str, name: Mapping[str, str]) -> AgencyOutcome:
        """What kiosks call it stands in the descriptions of its services: see ``Offers.agency_called``."""
        said = _said(name)
        if said is None:
            return AgencyOutcome.BAD_NAME
        with self._units.begin(actor) as work:
            renamed = update(tables.agencies).where(tables.agencies.c.id == agency_id).values(name=said)
            if not work.connection.execute(renamed).rowcount:
                return AgencyOutcome.NOT_FOUND
            work.audit("agency.rename", f"agency:{agency_id}", {"name": said["id"]})
        return AgencyOutcome.DONE

    def remove(self, actor: Actor, agency_id: str) -> AgencyOutcome:
        known = {one.id: one for one in self.all()}.get(agency_id)
        if known is None:
            return AgencyOutcome.NOT_FOUND
        if not known.unused:
            return AgencyOutcome.IN_USE
        with self._units.begin(actor) as work:
            work.connection.execute(delete(tables.agencies).where(tables.agencies.c.id == agency_id))
            work.audit("agency.remove", f"agency:{agency_id}")
        return AgencyOutcome.DONE


def _said(name: Mapping[str, str]) -> dict[str, str] | None:
    texts = {language: name.get(language, "").strip() for language in LANGUAGES}
    said = {language: text for language, text in texts.items() if text}
    return said if "id" in said and all(len(text) <= NAME_CHARACTERS for text in said.values()) else None
