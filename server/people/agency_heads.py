"""The head of an agency: to whom its late cases are escalated when it has no supervisor."""

from enum import StrEnum

from sqlalchemy import select, update

from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork


class HeadOutcome(StrEnum):
    DONE = "DONE"
    NO_SUCH_AGENCY = "NO_SUCH_AGENCY"
    #: Nobody who works at the agency.
    NO_SUCH_OFFICER = "NO_SUCH_OFFICER"


class AgencyHeads:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def appoint(self, actor: Actor, agency_id: str, officer_id: str) -> HeadOutcome:
        """Makes an active officer of the agency its head; "" for ``officer_id``: it has none any longer."""
        agency, officer = tables.agencies.c, tables.officers.c
        with self._units.begin(actor) as work:
            own = select(officer.id).where(officer.id == officer_id, officer.agency_id == agency_id, officer.active)
            if officer_id and work.connection.execute(own).first() is None:
                return HeadOutcome.NO_SUCH_OFFICER
            changed = work.connection.execute(
                update(tables.agencies).where(agency.id == agency_id).values(head_id=officer_id or None)
            )
            if not changed.rowcount:
                return HeadOutcome.NO_SUCH_AGENCY
            work.audit("agency.head", f"agency:{agency_id}", {"head": officer_id})
        return HeadOutcome.DONE
