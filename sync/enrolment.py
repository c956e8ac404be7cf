"""How a kiosk joins a city: a one-time code, a key of its own, and what it gets in return; then a person compares.

What was agreed lies in one file that only the kiosk's user may read. It is not in the database, so that a damaged
database does not cost the kiosk its identity.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import requests
from nacl.signing import SigningKey
from pydantic import ValidationError

from kiosk.store import Store
from protocol import PROTOCOL_VERSION, VERSION_HEADER, fingerprints
from protocol.line import versions
from protocol.messages import City, EnrolRequest, EnrolResponse, ErrorAnswer, KioskProfile
from runtime.files import write_durably

FILE_NAME: Final = "enrolment.json"
#: Connecting, and waiting for bytes, in seconds.
TIMEOUT: Final = (5, 45)
_ANSWER_BYTES: Final = 1_000_000
_MODE: Final = 0o600
#: In the kiosk's store: what the office changed since.
_PROFILE: Final = "profile"


class EnrolProblem(StrEnum):
    #: The address is not ``https://…``, and not on this machine either.
    INSECURE = "INSECURE"
    NO_SERVER = "NO_SERVER"
    #: Unknown, used before, or too old.
    CODE_REFUSED = "CODE_REFUSED"
    #: Too many tries; see ``detail`` for how long.
    WAIT = "WAIT"
    #: Not the answer of an eKios server.
    BAD_ANSWER = "BAD_ANSWER"
    #: No version of the protocol that both understand; see ``detail`` for which side is to be updated.
    UPDATE_NEEDED = "UPDATE_NEEDED"


@dataclass(frozen=True, slots=True)
class EnrolRefused:
    problem: EnrolProblem
    detail: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """``private_key`` is the Ed25519 seed; it is not in the object's ``repr``."""

    server: str
    kiosk_id: str
    kiosk_part: str
    name: str
    ring: str
    city: City
    tuf_root: bytes = field(repr=False)
    private_key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Of all that this kiosk trusts, as it is shown and compared; see ``protocol.fingerprints``."""
        public_key = bytes(SigningKey(self.private_key).verify_key)
        return fingerprints.shown(fingerprints.fingerprint(public_key, self.city, self.tuf_root))


def insecure(server: str) -> str:
    """Why a kiosk must not speak to this address, in a sentence; "" when it may.

    Without TLS anybody on the way reads along. Only within one machine, for trials and tests, nobody is on the way.
    """
    try:
        address = urlsplit(server)
        host = address.hostname or ""
    except ValueError:
        return f"{server!r} is not an address; use https:// and the server's name"
    if address.scheme == "https" and host:
        return ""
    if address.scheme == "http" and _on_this_machine(host):
        return ""
    return f"{server!r} is not safe: a kiosk speaks to its server by https:// only (http:// within one machine, for trials)"


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def enrol(
    server: str,
    code: str,
    *,
    software: str,
    hardware: Mapping[str, str],
    http: requests.Session | None = None,
) -> Enrolment | EnrolRefused:
    """Ask ``server`` (its base address) to take this kiosk in, with a new key. Nothing is stored yet."""
    if problem := insecure(server):
        return EnrolRefused(EnrolProblem.INSECURE, problem)
    key = SigningKey.generate()
    request = EnrolRequest(
        code=code.strip(),
        public_key=base64.b64encode(bytes(key.verify_key)),
        software=software[:200],
        hardware={name: value[:200] for name, value in hardware.items()},
    )
    session = http if http is not None else _session()
    try:
        answer = _ask(session, server, request, PROTOCOL_VERSION)
        older = versions.common(answer.headers.get(VERSION_HEADER))
        if answer.status_code == requests.codes.upgrade_required and older not in (None, PROTOCOL_VERSION):
            answer = _ask(session, server, request, older)
    except requests.RequestException as error:
        return EnrolRefused(EnrolProblem.NO_SERVER, type(error).__name__)
    finally:
        if http is None:
            session.close()
    if answer.status_code == requests.codes.too_many_requests:
        return EnrolRefused(EnrolProblem.WAIT, answer.headers.get("Retry-After", ""))
    if not answer.ok:
        return _refused(answer)
    if len(answer.content) > _ANSWER_BYTES:
        return EnrolRefused(EnrolProblem.BAD_ANSWER, "too large")
    try:
        response = EnrolResponse.model_validate_json(answer.content)
    except ValidationError as error:
        return EnrolRefused(EnrolProblem.BAD_ANSWER, f"{error.error_count()} members are wrong")
    if not response.city.sealing_keys:
        return EnrolRefused(EnrolProblem.BAD_ANSWER, "no sealing key")
    return Enrolment(
        server=server.rstrip("/"),
        kiosk_id=response.kiosk_id,
        kiosk_part=response.kiosk_part,
        name=response.name,
        ring=response.ring,
        city=response.city,
        tuf_root=response.tuf_root,
        private_key=bytes(key),
    )


def _ask(session: requests.Session, server: str, request: EnrolRequest, version: int | None) -> requests.Response:
    return session.post(
        f"{server.rstrip('/')}/v1/enrol",
        data=request.model_dump_json(),
        headers={"Content-Type": "application/json", VERSION_HEADER: str(version)},
        timeout=TIMEOUT,
        allow_redirects=False,
    )


def save(enrolment: Enrolment, folder: Path, now: datetime | None = None) -> None:
    """Keep it in ``folder``, durably, readable by this user only."""
    document = {
        "format": 1,
        "saved_at": (now or datetime.now(UTC)).isoformat(),
        "server": enrolment.server,
        "kiosk_id": enrolment.kiosk_id,
        "kiosk_part": enrolment.kiosk_part,
        "name": enrolment.name,
        "ring": enrolment.ring,
        "city": enrolment.city.model_dump(mode="json"),
        "tuf_root": base64.b64encode(enrolment.tuf_root).decode(),
        "private_key": base64.b64encode(enrolment.private_key).decode(),
    }
    write_durably(folder / FILE_NAME, json.dumps(document, indent=1).encode(), _MODE)


class EnrolmentBroken(ValueError):
    """The file is there and cannot be used: damaged, half, another program's, or not readable by this user. A good copy is
    put back, or the kiosk is enrolled anew."""


class NotEnrolled(RuntimeError):
    """This kiosk has no city yet; the message says what to do."""


def load(folder: Path) -> Enrolment | None:
    """What was saved; None when this kiosk was never enrolled. Raises EnrolmentBroken."""
    try:
        document: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        enrolment = Enrolment(
            server=document["server"],
            kiosk_id=document["kiosk_id"],
            kiosk_part=document["kiosk_part"],
            name=document["name"],
            ring=document["ring"],
            city=City.model_validate(document["city"]),
            tuf_root=base64.b64decode(document["tuf_root"], validate=True),
            private_key=base64.b64decode(document["private_key"], validate=True),
        )
        _check(enrolment)
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError, RecursionError, OSError) as error:
        raise EnrolmentBroken(f"{FILE_NAME} cannot be used: {type(error).__name__}") from error
    return enrolment


def keep_profile(store: Store, profile: KioskProfile) -> None:
    """What the office calls this kiosk now, and its ring; joins the caller's transaction."""
    store.marks.set(_PROFILE, profile.model_dump(mode="json"))


def kept_profile(store: Store) -> KioskProfile | None:
    """What the feed brought last; None when it never did, and the enrolment stands."""
    try:
        return KioskProfile.model_validate(store.marks.get(_PROFILE))
    except ValidationError:
        return None


def _check(enrolment: Enrolment) -> None:
    """Raises ValueError or TypeError for what would fail later, when somebody stands before the kiosk."""
    texts = (enrolment.server, enrolment.kiosk_id, enrolment.kiosk_part, enrolment.name, enrolment.ring)
    if not all(isinstance(text, str) and text for text in texts):
        raise TypeError("a text is missing")
    SigningKey(enrolment.private_key)
    ZoneInfo(enrolment.city.time_zone)
    if not enrolment.city.sealing_keys or not enrolment.tuf_root:
        raise ValueError("no key of the city")


def _session() -> requests.Session:
    """As the line's own: no proxy and no password of the environment."""
    session = requests.Session()
    session.trust_env = False
    return session


def _refused(answer: requests.Response) -> EnrolRefused:
    status = answer.status_code
    if status >= 500:
        return EnrolRefused(EnrolProblem.NO_SERVER, f"status {status}")
    try:
        message = ErrorAnswer.model_validate_json(answer.content).error.message[:200]
    except ValidationError:
        # A captive portal, a proxy, or another program at this address: nothing is said about the code.
        return EnrolRefused(EnrolProblem.BAD_ANSWER, f"status {status}, and not from an eKios server")
    if status == requests.codes.upgrade_required:
        return EnrolRefused(EnrolProblem.UPDATE_NEEDED, message)
    return EnrolRefused(EnrolProblem.CODE_REFUSED, message)
