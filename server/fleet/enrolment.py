"""How a kiosk comes into the fleet, and how it is shut out.

A one-time code, good for ten minutes and one use, of which only the hash is kept. It is too long to be guessed within
its life at any rate (60 bits), so a right one is always taken: whoever tries wrong ones, be it from the same address,
stops no honest kiosk. Wrong ones of an address are told to wait after the tenth in ten minutes.

A code only brings a kiosk to the door. Until an administrator has compared the fingerprint at its screen with the one that
the server made (``protocol.fingerprints``) and approved it, it gets nothing of the city: no roster, no pack, no feed.
"""

import hashlib
import secrets
import uuid
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from protocol import fingerprints
from protocol.messages import City, EnrolRequest, EnrolResponse, FeedType, PackAnnouncement
from protocol.tracking import ALPHABET, kiosk_part
from server.audit import audit
from server.catalogue.packs import RINGS, PackRepository
from server.fleet.alarms import clear_revoked
from server.fleet.kiosk_settings import feed_values
from server.fleet.states import KioskState
from server.foundation import bus
from server.foundation.actors import Actor, kiosk_actor
from server.foundation.failpoints import Failpoints
from server.foundation.keys import CityKeys
from server.open_city.notices import standing
from server.people.field_staff import roster
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

CODE_LIFE: Final = timedelta(minutes=10)
CODE_CHARACTERS: Final = 12
ATTEMPTS_PER_ADDRESS: Final = 10
ATTEMPTS_WITHIN: Final = timedelta(minutes=10)
PUBLIC_KEY_BYTES: Final = 32
NAME_CHARACTERS: Final = 200


class EnrolRefusal(StrEnum):
    #: Unknown, used, or too old: the same answer for all, so that nothing is learnt from it.
    CODE_REFUSED = "CODE_REFUSED"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    BAD_KEY = "BAD_KEY"


class ApproveOutcome(StrEnum):
    DONE = "DONE"
    #: It was approved before.
    ALREADY = "ALREADY"
    #: Never enrolled, or refused.
    NO_SUCH_KIOSK = "NO_SUCH_KIOSK"
    #: Not what this kiosk's screen would show: another was compared, or somebody is in between.
    OTHER_FINGERPRINT = "OTHER_FINGERPRINT"


@dataclass(frozen=True)
class EnrolmentCode:
    #: As it is typed at the kiosk: ``ABCDEF-GHJKMN``.
    code: str
    expires_at: datetime


class Enrolment:
    def __init__(
        self,
        units: UnitsOfWork,
        keys: CityKeys,
        packs: PackRepository,
        city: str,
        tracking_base: str,
        zone: str,
        failpoints: Failpoints,
    ) -> None:
        self._units = units
        self._keys = keys
        self._packs = packs
        self.city_name: Final = city
        self._tracking_base = tracking_base
        self._zone = zone
        self._failpoints = failpoints

    def new_code(self, actor: Actor, name: str, place: str = "", ring: str = "all") -> EnrolmentCode:
        """A code for one new kiosk. Raises ValueError for a name or ring that cannot be."""
        if not name.strip() or len(name) > NAME_CHARACTERS or len(place) > NAME_CHARACTERS or ring not in RINGS:
            raise ValueError("a kiosk needs a name of at most 200 characters and a ring")
        raw = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
        with self._units.begin(actor) as work:
            expires_at = work.now + CODE_LIFE
            work.connection.execute(
                insert(tables.enrolment_codes).values(
                    code_hash=_code_hash(raw),
                    name=name.strip(),
                    place=place.strip(),
                    ring=ring,
                    created_by=actor.id,
                    created_at=work.now,
                    expires_at=expires_at,
                )
            )
            work.audit("kiosk.code", f"name:{name.strip()[:80]}")
        half = CODE_CHARACTERS // 2
        return EnrolmentCode(f"{raw[:half]}-{raw[half:]}", expires_at)

    def enrol(self, request: EnrolRequest, address: str) -> EnrolResponse | EnrolRefusal:
        """Uses up the code and writes the kiosk in one transaction.

        When the answer was lost, the same code from the same key gets it again while the code lives.
        """
        if len(request.public_key) != PUBLIC_KEY_BYTES:
            return EnrolRefusal.BAD_KEY
        kiosk_id = str(uuid.uuid4())
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            kiosk = self._use_code(work, kiosk_id, request) or self._enrolled_with(work.connection, request, work.now)
            if kiosk is None:
                return self._refuse(work.connection, address[:64], work.now)
            work.hint(bus.FLEET, kiosk.id)
            work.write_log()
            self._failpoints.reach("enrolment.written")
        return self._answer(kiosk, work.now)

    def approve(self, actor: Actor, kiosk_id: str, fingerprint: str) -> ApproveOutcome:
        """Lets a kiosk in whose screen shows ``fingerprint``, as an administrator compared it."""
        kiosks = tables.kiosks.c
        with self._units.begin(actor) as work:
            connection = work.connection
            kiosk = connection.execute(
                select(kiosks.fingerprint, kiosks.ring).where(kiosks.id == kiosk_id, kiosks.revoked_at.is_(None))
            ).first()
            if kiosk is None:
                return ApproveOutcome.NO_SUCH_KIOSK
            if not fingerprints.same(fingerprint, kiosk.fingerprint):
                return ApproveOutcome.OTHER_FINGERPRINT
            changed = connection.execute(
                update(tables.kiosks)
                .where(
                    kiosks.id == kiosk_id,
                    kiosks.approved_at.is_(None),
                    kiosks.revoked_at.is_(None),
                    kiosks.fingerprint == kiosk.fingerprint,
                )
                .values(approved_at=work.now, approved_by=actor.id, state=KioskState.WAITING.value)
            )
            if not changed.rowcount:
                return ApproveOutcome.ALREADY
            self._first_events(work, kiosk_id, kiosk.ring)
            work.audit("kiosk.approve", f"kiosk:{kiosk_id}", {"fingerprint": kiosk.fingerprint})
            work.hint(bus.FLEET, kiosk_id)
        return ApproveOutcome.DONE

    def city(self) -> City:
        return City.model_validate(
            {
                "name": self.city_name,
                "tracking_base": self._tracking_base,
                "time_zone": self._zone,
                "sealing_keys": [key.model_dump(mode="json") for key in self._keys.public_sealing_keys()],
                "badge_key": b64encode(self._keys.badge_public),
            }
        )

    def revoke(self, actor: Actor, kiosk_id: str, reason: str = "") -> bool:
        """Shuts a kiosk out at its next request, or refuses one that waits; False when there is none or it was before."""
        with self._units.begin(actor) as work:
            changed = work.connection.execute(
                update(tables.kiosks)
                .where(tables.kiosks.c.id == kiosk_id, tables.kiosks.c.revoked_at.is_(None))
                .values(revoked_at=work.now, revoked_by=actor.id, state=KioskState.REVOKED.value)
            )
            if not changed.rowcount:
                return False
            clear_revoked(work.connection, work.now, kiosk_id)
            work.audit("kiosk.revoke", f"kiosk:{kiosk_id}", _of(reason))
            work.hint(bus.FLEET, kiosk_id)
            # Its live feed looks again, and ends.
            work.hint(bus.feed_topic(kiosk_id))
        return True

    def _use_code(self, work: UnitOfWork, kiosk_id: str, request: EnrolRequest) -> Row[Any] | None:
        """The kiosk that this code makes, written; None when the code is not good."""
        connection, now, codes = work.connection, work.now, tables.enrolment_codes
        code = connection.execute(
            update(codes)
            .where(codes.c.code_hash == _code_hash(request.code), codes.c.used_at.is_(None), codes.c.expires_at > now)
            .values(used_at=now, kiosk_id=kiosk_id)
            .returning(codes.c.name, codes.c.place, codes.c.ring)
        ).first()
        if code is None:
            return None
        number = self._next_number(connection)
        fingerprint = self._fingerprint(request)
        connection.execute(
            insert(tables.kiosks).values(
                id=kiosk_id,
                number=number,
                kiosk_part=kiosk_part(number),
                public_key=request.public_key,
                fingerprint=fingerprint,
                name=code.name,
                place=code.place,
                ring=code.ring,
                enrolled_at=now,
                hardware=dict(request.hardware),
                software=request.software,
            )
        )
        work.audit("kiosk.enrol", f"kiosk:{kiosk_id}", {"fingerprint": fingerprint})
        return connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).one()

    def _enrolled_with(self, connection: Connection, request: EnrolRequest, now: datetime) -> Row[Any] | None:
        """The kiosk that this code made, if it made it for this very key and is still good."""
        code, kiosk = tables.enrolment_codes.c, tables.kiosks.c
        found = connection.execute(
            select(tables.kiosks)
            .join(tables.enrolment_codes, code.kiosk_id == kiosk.id)
            .where(
                code.code_hash == _code_hash(request.code),
                code.expires_at > now,
                kiosk.public_key == request.public_key,
                kiosk.revoked_at.is_(None),
            )
        ).first()
        fingerprint = self._fingerprint(request)
        if found is not None and found.fingerprint != fingerprint:
            # The city has a newer key by now, and the kiosk gets that: it is compared anew.
            anew: dict[str, Any] = {"fingerprint": fingerprint, "approved_at": None, "approved_by": None}
            anew |= {"state": KioskState.UNAPPROVED.value}
            connection.execute(update(tables.kiosks).where(kiosk.id == found.id).values(**anew))
        return found

    def _fingerprint(self, request: EnrolRequest) -> str:
        """Of what this kiosk is about to get."""
        return fingerprints.fingerprint(request.public_key, self.city(), self._packs.root_metadata())

    def _answer(self, kiosk: Row[Any], now: datetime) -> EnrolResponse:
        return EnrolResponse.model_validate(
            {
                "kiosk_id": kiosk.id,
                "kiosk_part": kiosk.kiosk_part,
                "name": kiosk.name,
                "ring": kiosk.ring,
                "city": self.city().model_dump(mode="json"),
                "tuf_root": b64encode(self._packs.root_metadata()),
                "server_time": now,
            }
        )

    def _refuse(self, connection: Connection, address: str, now: datetime) -> EnrolRefusal:
        """Wrong codes are counted up to the limit only: more of them write nothing."""
        attempts = tables.enrolment_attempts
        connection.execute(delete(attempts).where(attempts.c.at < now - ATTEMPTS_WITHIN))
        tried = select(func.count()).select_from(attempts).where(attempts.c.address == address)
        if connection.execute(tried).scalar_one() >= ATTEMPTS_PER_ADDRESS:
            return EnrolRefusal.TOO_MANY_TRIES
        connection.execute(insert(attempts).values(address=address, at=now))
        return EnrolRefusal.CODE_REFUSED

    def _next_number(self, connection: Connection) -> int:
        """Numbers are never used twice: tracking codes begin with them. The log's lock makes enrolments queue."""
        audit.lock(connection)
        return int(connection.execute(select(func.coalesce(func.max(tables.kiosks.c.number), 0))).scalar_one()) + 1

    def _first_events(self, work: UnitOfWork, kiosk_id: str, ring: str) -> None:
        connection = work.connection
        work.to_kiosk(kiosk_id, FeedType.STAFF, roster(connection).model_dump(mode="json"))
        if number := self._packs.newest(connection, ring):
            work.to_kiosk(kiosk_id, FeedType.PACK, PackAnnouncement(version=number).model_dump(mode="json"))
        if settings := feed_values(connection, kiosk_id):
            work.to_kiosk(kiosk_id, FeedType.SETTINGS, settings)
        work.to_kiosk(kiosk_id, FeedType.NOTICE, *standing(connection, work.now, kiosk_id))


def _code_hash(code: str) -> str:
    cleaned = "".join(character for character in code.upper() if character in ALPHABET)
    return hashlib.sha256(cleaned.encode()).hexdigest()


def _of(reason: str) -> dict[str, Any]:
    return {"reason": reason} if reason else {}
