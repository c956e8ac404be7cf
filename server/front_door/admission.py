"""Who signed: of many requests at once, with the same three questions to the database as of one.

Signatures are checked one by one, but while no connection is held; nonces are written down with one commit for all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from protocol.signing import BodyDigest, SignatureRefused, Verified, verify
from server.foundation.actors import SYSTEM
from server.front_door.signing_clock import SigningClock
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

NONCE_CHARACTERS: Final = 100
#: Requests that are looked at together.
AT_ONCE: Final = 64
#: Whose key is wanted, as a request claims it before anything is checked. Of so many that it names.
_CLAIMED: Final = re.compile(r'[; ](keyid|nonce)="([^"\\]{1,100})"')
_CLAIMS: Final = 8

_KIOSK: Final = tables.kiosks.c
_KIOSKS: Final = select(
    _KIOSK.id, _KIOSK.kiosk_part, _KIOSK.ring, _KIOSK.public_key, _KIOSK.revoked_at, _KIOSK.approved_at
).where(_KIOSK.id.in_(bindparam("kiosks", expanding=True)))
_NONCE: Final = tables.nonces.c
_USED: Final = select(_NONCE.kiosk_id, _NONCE.nonce).where(
    _NONCE.kiosk_id.in_(bindparam("kiosks", expanding=True)), _NONCE.nonce.in_(bindparam("nonces", expanding=True))
)

#: id, kiosk_part, ring, public_key, revoked_at, approved_at
KioskRow = Row[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, eq=False)
class Call:
    """A request as it was signed, before its body comes."""

    method: str
    url: str
    headers: Mapping[str, str]
    has_body: bool
    #: Whether its nonce is written down here; else whoever does its work writes it, in the same transaction.
    remember: bool


class Refusal(Enum):
    REVOKED = auto()
    WAITING = auto()
    REPLAYED = auto()


@dataclass(frozen=True)
class Admitted:
    kiosk: KioskRow
    verified: Verified


#: A text: what is wrong with the signature.
Judged = Admitted | Refusal | str


class Admission:
    def __init__(self, units: UnitsOfWork, clock: SigningClock) -> None:
        self._units = units
        self._clock = clock

    def judge(self, calls: Sequence[Call]) -> list[Judged]:
        """In the order given. When it raises, no nonce was written down."""
        claimed = [_CLAIMED.findall(call.headers.get("signature-input", ""))[:_CLAIMS] for call in calls]
        kiosks = sorted({value for claims in claimed for name, value in claims if name == "keyid"})
        nonces = sorted({value for claims in claimed for name, value in claims if name == "nonce"})
        with self._units.engine.connect() as connection:
            now = self._clock.now(connection)
            rows = {row.id: row for row in connection.execute(_KIOSKS, {"kiosks": kiosks})}
            used = {tuple(row) for row in connection.execute(_USED, {"kiosks": kiosks, "nonces": nonces})}
        keys = {kiosk_id: bytes(row.public_key) for kiosk_id, row in rows.items()}
        judged: list[Judged] = []
        for call in calls:
            try:
                verified = verify(call.method, call.url, call.headers, None, public_key_of=keys.get, now=now)
                if call.has_body and verified.content_digest is None:
                    raise SignatureRefused("Content-Digest is not among what was signed")
                BodyDigest(verified)
                if len(verified.nonce) > NONCE_CHARACTERS:
                    raise SignatureRefused("the nonce is too long")
            except SignatureRefused as error:
                judged.append(str(error)[:200])
            else:
                judged.append(_standing(rows[verified.kiosk_id], verified, used))
        return self._remember(calls, judged)

    def _remember(self, calls: Sequence[Call], judged: list[Judged]) -> list[Judged]:
        wanted = [place for place, call in enumerate(calls) if call.remember and isinstance(judged[place], Admitted)]
        if wanted:
            with self._units.begin(SYSTEM) as work:
                for place in wanted:
                    admitted = judged[place]
                    if isinstance(admitted, Admitted) and not self._clock.remember(work.connection, admitted.verified):
                        judged[place] = Refusal.REPLAYED
        return judged


def _standing(kiosk: KioskRow, verified: Verified, used: set[tuple[Any, ...]]) -> Judged:
    if kiosk.revoked_at is not None:
        return Refusal.REVOKED
    if kiosk.approved_at is None:
        return Refusal.WAITING
    if (verified.kiosk_id, verified.nonce) in used:
        # Before any work is done; what decides is the row that is written.
        return Refusal.REPLAYED
    return Admitted(kiosk, verified)
