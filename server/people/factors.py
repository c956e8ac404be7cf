"""Second factors: which an officer has, of which roles the city demands one, and how they are taken away."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, select

from server.foundation.actors import Actor, Role
from server.people.held_factors import Held, held
from server.people.officers import OfficerOutcome
from server.storage import tables
from server.storage.named_settings import read_setting, write_setting
from server.work.unit_of_work import UnitsOfWork

#: The roles of which the city demands a second factor.
SETTING: Final = "second_factor_roles"


class Factors:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def held(self, officer_id: str) -> Held:
        with self._units.engine.connect() as connection:
            return held(connection, officer_id)

    def demanded(self) -> frozenset[Role]:
        with self._units.engine.connect() as connection:
            return frozenset(Role(one) for one in read_setting(connection, SETTING) or ())

    def demand(self, actor: Actor, roles: Iterable[Role]) -> None:
        """Whoever of these roles has no second factor sets one up before anything else, from their next page on."""
        names = sorted(role.value for role in roles)
        with self._units.begin(actor) as work:
            write_setting(work.connection, SETTING, names, actor.id, work.now)
            work.audit("factors.demanded", "city", {"roles": names})

    def reset(self, actor: Actor, officer_id: str) -> OfficerOutcome:
        """Takes all second factors away and ends all sessions of an officer who lost a device. Never one's own."""
        if officer_id == actor.id:
            return OfficerOutcome.ONESELF
        with self._units.begin(actor) as work:
            known = select(tables.officers.c.id).where(tables.officers.c.id == officer_id)
            if work.connection.execute(known).first() is None:
                return OfficerOutcome.NOT_FOUND
            for table in (
                tables.authenticators,
                tables.passkeys,
                tables.recovery_codes,
                tables.sign_in_steps,
                tables.web_sessions,
            ):
                work.connection.execute(delete(table).where(table.c.officer_id == officer_id))
            work.audit("factors.reset", f"officer:{officer_id}")
        return OfficerOutcome.DONE
