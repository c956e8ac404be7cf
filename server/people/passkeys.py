"""Passkeys (WebAuthn): a key in somebody's phone or computer signs a challenge, after a finger, a face or a PIN there.

They are two factors at once, so whoever signs in with one is asked for nothing else, not even a name: the key tells the officer.
The public halves lie here. The place that keys are bound to is the server's own address (``base_url``); browsers make none for an
address of digits, nor without TLS but on ``localhost``.
"""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from runtime.when_wanted import when_wanted
from server.foundation.actors import SYSTEM
from server.people.sessions import UNKNOWN, How, Officer, Sessions, log
from server.people.sign_in_limits import Attempt
from server.people.steps import Kind, Steps
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import exceptions, structs
else:
    webauthn = when_wanted("webauthn")
    helpers = when_wanted("webauthn.helpers")
    exceptions = when_wanted("webauthn.helpers.exceptions")
    structs = when_wanted("webauthn.helpers.structs")

NAME_CHARACTERS: Final = 100
#: Of one officer.
MOST: Final = 10
#: What a browser sends of a passkey, as JSON.
CREDENTIAL_CHARACTERS: Final = 20_000

_LOCAL: Final = frozenset({"localhost"})


class PasskeyOutcome(StrEnum):
    DONE = "DONE"
    #: The answer does not fit the challenge, or came too late.
    REFUSED = "REFUSED"
    BAD_NAME = "BAD_NAME"
    #: There are MOST already.
    TOO_MANY = "TOO_MANY"
    #: This one is registered already.
    KNOWN = "KNOWN"


@dataclass(frozen=True)
class Challenge:
    """``options`` go to the browser's WebAuthn as JSON; ``step`` comes back with its answer."""

    step: str
    options: Mapping[str, Any]


class Passkeys:
    def __init__(self, units: UnitsOfWork, sessions: Sessions, address: str, name: str) -> None:
        """``address`` is the server's own; ``name`` is what the browser's dialog calls it."""
        self._units = units
        self._sessions = sessions
        self._steps = Steps(units)
        self._name = name
        split = urlsplit(address)
        self._origin = f"{split.scheme}://{split.netloc}"
        self._host = split.hostname or ""
        #: Whether browsers make passkeys for this address at all.
        self.available: Final = bool(self._host) and (
            self._host in _LOCAL or (split.scheme == "https" and not _is_digits(self._host))
        )

    def of(self, officer_id: str) -> Sequence[Row[Any]]:
        """Rows of ``passkeys``, the oldest first."""
        mine = tables.passkeys.c.officer_id == officer_id
        with self._units.engine.connect() as connection:
            return connection.execute(select(tables.passkeys).where(mine).order_by(tables.passkeys.c.made_at)).all()

    # --- a new one ------------------------------------------------------------------------------------------------------

    def register(self, officer: Officer) -> Challenge:
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=self._name,
            user_id=officer.id.encode(),
            user_name=officer.user_name,
            user_display_name=officer.name,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(id=helpers.base64url_to_bytes(row.id))
                for row in self.of(officer.id)
            ],
        )
        with self._units.begin(officer.actor) as work:
            data = {"challenge": helpers.bytes_to_base64url(options.challenge)}
            step = self._steps.begin(work, Kind.REGISTER, officer.id, data)
        return Challenge(step, helpers.options_to_json_dict(options))

    def add(self, work: UnitOfWork, officer_id: str, step: str, credential: str, name: str) -> PasskeyOutcome:
        """Keeps the public half of what the browser made for the challenge of ``step``."""
        name = name.strip()
        if not name or len(name) > NAME_CHARACTERS:
            return PasskeyOutcome.BAD_NAME
        begun = self._steps.use(work, step, Kind.REGISTER)
        if begun is None or begun.officer_id != officer_id:
            return PasskeyOutcome.REFUSED
        try:
            made = webauthn.verify_registration_response(
                credential=_object(credential),
                expected_challenge=helpers.base64url_to_bytes(begun.data["challenge"]),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (exceptions.WebAuthnException, ValueError, LookupError, TypeError):
            # The last two: of a key whose members are missing, or are no numbers and bytes.
            return PasskeyOutcome.REFUSED
        name_of_it = helpers.bytes_to_base64url(made.credential_id)
        if self._find(work.connection, name_of_it) is not None:
            return PasskeyOutcome.KNOWN
        mine = tables.passkeys.c.officer_id == officer_id
        if work.connection.execute(select(func.count()).where(mine)).scalar_one() >= MOST:
            return PasskeyOutcome.TOO_MANY
        work.connection.execute(
            insert(tables.passkeys).values(
                id=name_of_it,
                officer_id=officer_id,
                name=name,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                made_at=work.now,
            )
        )
        work.audit("factors.passkey", f"officer:{officer_id}")
        return PasskeyOutcome.DONE

    @staticmethod
    def remove(work: UnitOfWork, officer_id: str, passkey_id: str) -> bool:
        """False: the officer has no such passkey."""
        own = (tables.passkeys.c.officer_id == officer_id) & (tables.passkeys.c.id == passkey_id)
        gone = work.connection.execute(delete(tables.passkeys).where(own)).rowcount > 0
        if gone:
            work.audit("factors.passkey_off", f"officer:{officer_id}")
        return gone

    # --- signing in -----------------------------------------------------------------------------------------------------

    def challenge(self) -> Challenge:
        """For whoever comes to the door; which passkeys there are is not said."""
        options = webauthn.generate_authentication_options(
            rp_id=self._host, user_verification=structs.UserVerificationRequirement.REQUIRED
        )
        with self._units.begin(SYSTEM) as work:
            data = {"challenge": helpers.bytes_to_base64url(options.challenge)}
            step = self._steps.begin(work, Kind.PASSKEY, None, data)
        return Challenge(step, helpers.options_to_json_dict(options))

    def sign_in(self, step: str, credential: str, place: Attempt) -> tuple[str, str]:
        """The token of a session and the officer's user name; both empty when the answer does not fit."""
        with self._units.begin(SYSTEM) as work:
            begun = self._steps.use(work, step, Kind.PASSKEY)
            found = None if begun is None else self._signer(work, begun.data["challenge"], credential)
            if found is None:
                log(work, UNKNOWN, "session.refused", how=How.PASSKEY.value)
                return "", ""
            return self._sessions.open(work, found.officer_id, How.PASSKEY, place), found.user_name

    def _signer(self, work: UnitOfWork, challenge: str, credential: str) -> Row[Any] | None:
        """Whose passkey signed the challenge; its count of signatures goes on."""
        try:
            sent = _object(credential)
            row = self._find(work.connection, str(sent.get("id", "")))
            if row is None or not row.active:
                return None
            signed = webauthn.verify_authentication_response(
                credential=sent,
                expected_challenge=helpers.base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except (exceptions.WebAuthnException, ValueError):
            return None
        values = {"sign_count": signed.new_sign_count, "last_used_at": work.now}
        work.connection.execute(update(tables.passkeys).where(tables.passkeys.c.id == row.id).values(**values))
        return row

    @staticmethod
    def _find(connection: Connection, passkey_id: str) -> Row[Any] | None:
        officers = tables.officers.c
        return connection.execute(
            select(tables.passkeys, officers.user_name, officers.active)
            .join(tables.officers, officers.id == tables.passkeys.c.officer_id)
            .where(tables.passkeys.c.id == passkey_id)
        ).first()


def _object(text: str) -> dict[str, Any]:
    """Raises ValueError."""
    if len(text) > CREDENTIAL_CHARACTERS:
        raise ValueError("too long for a passkey's answer")
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("no browser nests an answer so deep") from error
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _is_digits(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
