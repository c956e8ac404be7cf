"""The first administrator of an empty server: whoever reads its log gives themselves an account, once.

The code is the same in all processes of a server and after each start, for it follows from a key of the city. It is worth
nothing as soon as there is an administrator.
"""

import base64
import hmac
import uuid
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.foundation.actors import SYSTEM, Role
from server.people.officers import OfficerOutcome, Officers, unfit
from server.people.passwords import Passwords
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

#: 60 bits, in groups that can be read out.
CODE_CHARACTERS: Final = 12
_GROUP: Final = 4
#: There is only one first administrator: of two that come at once, the database takes one.
_ID: Final = str(uuid.uuid5(uuid.NAMESPACE_URL, "ekios:first-administrator"))


class FirstAdministrator:
    def __init__(self, units: UnitsOfWork, passwords: Passwords, officers: Officers, key: bytes) -> None:
        """``key`` is secret, and the same for all processes."""
        self._units = units
        self._passwords = passwords
        self._officers = officers
        self._key = key
        self._there = False

    @property
    def wanted(self) -> bool:
        """Whether nobody administers this server yet."""
        self._there = self._there or self._officers.administered()
        return not self._there

    @property
    def code(self) -> str:
        digest = hmac.digest(self._key, b"ekios first administrator", "sha256")
        letters = base64.b32encode(digest).decode()[:CODE_CHARACTERS]
        return "-".join(letters[place : place + _GROUP] for place in range(0, CODE_CHARACTERS, _GROUP))

    def is_code(self, text: str) -> bool:
        typed = "".join(text.split()).replace("-", "").upper()
        return hmac.compare_digest(typed.encode(), self.code.replace("-", "").encode())

    def add(self, user_name: str, name: str, password: str) -> OfficerOutcome:
        """With a password that was chosen and found fit. EXISTS: there is one by now. Raises PasswordsBusy."""
        if refusal := unfit(user_name, name, Role.ADMIN):
            return refusal
        encoded = self._passwords.hash(password)
        try:
            with self._units.begin(SYSTEM) as work:
                admins = select(tables.officers.c.id).where(tables.officers.c.role == Role.ADMIN.value)
                if work.connection.execute(admins.limit(1)).first():
                    return OfficerOutcome.EXISTS
                work.connection.execute(
                    insert(tables.officers).values(
                        id=_ID,
                        user_name=user_name,
                        name=name.strip(),
                        password_hash=encoded,
                        role=Role.ADMIN.value,
                        agency_id=None,
                        active=True,
                        created_at=work.now,
                    )
                )
                work.audit("officer.first", f"officer:{_ID}")
        except IntegrityError:
            return OfficerOutcome.EXISTS
        return OfficerOutcome.DONE
