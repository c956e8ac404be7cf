"""People of every role, agency and area, with a session each; without the door, whose passwords take their time."""

import uuid
from dataclasses import dataclass
from itertools import product

from sqlalchemy import insert, select

from server.deps import Deps
from server.foundation.actors import DECIDING, OPERATOR, Role
from server.people.sessions import How
from server.people.sign_in_limits import Attempt
from server.storage import tables
from server.web.frame.visitor import SESSION_COOKIE
from tests.server.web.conftest import Browser, Office

#: Whose the case is; and another agency.
OWN, OTHER = "kelurahan", "kominfo"
#: The whole city; the area of the case's kiosk; another area.
CITY, HERE, THERE = "", "Di sini", "Di sana"


@dataclass(frozen=True)
class Person:
    """Who somebody is, as the rules see it."""

    role: Role
    agency: str = ""
    area: str = CITY

    @property
    def may_see_the_case(self) -> bool:
        """What the city says, in its own words: not what the code works out."""
        return self.role in (Role.OFFICER, Role.SUPERVISOR) and self.agency == OWN and self.area in (CITY, HERE)

    def __str__(self) -> str:
        return "-".join(part for part in (self.role.value, self.agency, self.area.replace(" ", "")) if part)


#: All there can be.
PEOPLE = [
    *(Person(*one) for one in product(sorted(DECIDING), (OWN, OTHER), (CITY, HERE, THERE))),
    *(Person(role) for role in Role if role not in DECIDING),
]


def area(deps: Deps, name: str) -> str:
    """Its id; made when there is none of this name."""
    deps.identity.areas.add(OPERATOR, name)
    return str(next(one.id for one in deps.identity.areas.rows() if one.name == name))


def officer(deps: Deps, person: Person, user_name: str = "", password: str = "") -> str:
    """The id of a new account; without a password nobody signs in to it by the door."""
    officer_id = str(uuid.uuid4())
    encoded = deps.passwords.hash(password) if password else "none"
    with deps.units.begin(OPERATOR) as work:
        work.connection.execute(
            insert(tables.officers).values(
                id=officer_id,
                user_name=user_name or officer_id,
                name=f"Orang {person}",
                password_hash=encoded,
                role=person.role.value,
                agency_id=person.agency or None,
                active=True,
                created_at=work.now,
            )
        )
    if person.area:
        deps.identity.areas.limit(OPERATOR, officer_id, [area(deps, person.area)])
    return officer_id


def session(deps: Deps, officer_id: str, how: How = How.PASSWORD) -> str:
    """The token of a new session."""
    with deps.units.begin(OPERATOR) as work:
        return deps.identity.sessions.open(work, officer_id, how, Attempt("", ""))


def signed_in(office: Office, officer_id: str) -> Browser:
    browser = office.browser()
    browser.http.cookies.set(SESSION_COOKIE, session(office.server.deps, officer_id))
    return browser


def browser_of(office: Office, person: Person) -> Browser:
    """One for each person, as long as the office's server runs."""
    name = str(person)
    if name not in office.browsers:
        office.browsers[name] = signed_in(office, officer(office.server.deps, person))
    return office.browsers[name]


def officer_id(deps: Deps, user_name: str) -> str:
    with deps.engine.connect() as connection:
        found = select(tables.officers.c.id).where(tables.officers.c.user_name == user_name)
        return str(connection.execute(found).scalar_one())
