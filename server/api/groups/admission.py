"""Whose requests are let in: judged together, those that wait at the same time, in one transaction.

What is read of their kiosks and nonces is read with one statement for all of them, and the nonces that are written down here
share a commit. Each is refused for itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from protocol.answers import REVOKED_CODE, WAITING_CODE
from protocol.signing import BodyDigest, SignatureRefused, Verified, verify
from server.api.errors import ApiError
from server.foundation.actors import SYSTEM
from server.front_door.signing_clock import SigningClock
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

NONCE_CHARACTERS: Final = 100
#: Requests of one group.
AT_ONCE: Final = 64
#: Of one request: a proxy may have added one of its own.
SIGNATURES_MOST: Final = 4
#: What a request says of itself, before anybody knows whether it is true.
_CLAIMED: Final = re.compile(r'keyid="([0-9A-Za-z-]{1,64})"')
_KIOSK: Final = tables.kiosks.c
_NONCE: Final = tables.nonces.c
_KIOSKS: Final = select(
    _KIOSK.id, _KIOSK.kiosk_part, _KIOSK.ring, _KIOSK.public_key, _KIOSK.revoked_at, _KIOSK.approved_at
).where(_KIOSK.id.in_(bindparam("kiosks", expanding=True)))
# Not by pairs: SQLite reads the whole table for a row value in a list.
_USED: Final = select(_NONCE.kiosk_id, _NONCE.nonce).where(
    _NONCE.kiosk_id.in_(bindparam("kiosks", expanding=True)), _NONCE.nonce.in_(bindparam("nonces", expanding=True))
)

#: id, kiosk_part, ring, public_key, revoked_at, approved_at
KioskRow = Row[Any, Any, Any, Any, Any, Any]


class Replayed(ApiError):
    def __init__(self) -> None:
        super().__init__(401, "replayed", "this request came before; sign each sending anew")


@dataclass(frozen=True)
class Call:
    """A request as it was signed. ``remember``: its nonce is written down at once; else its handler does that, in the
    transaction that does the request's work."""

    method: str
    url: str
    headers: Mapping[str, str]
    has_body: bool
    remember: bool

    @property
    def claimed(self) -> list[str]:
        """The kiosks that its signatures say they are of."""
        return _CLAIMED.findall(self.headers.get("signature-input", ""))[:SIGNATURES_MOST]


@dataclass(frozen=True)
class Admitted:
    kiosk: KioskRow
    verified: Verified


class Admission:
    """Any thread."""

    def __init__(self, units: UnitsOfWork, clock: SigningClock) -> None:
        self._units = units
        self._clock = clock

    def judge_all(self, calls: Sequence[Call]) -> list[Admitted | ApiError]:
        """Who sent each of them, or how it is refused, in their order."""
        with self._units.begin(SYSTEM) as work:
            connection = work.connection
            claimed = sorted({kiosk_id for call in calls for kiosk_id in call.claimed})
            kiosks = {row.id: row for row in connection.execute(_KIOSKS, {"kiosks": claimed})}
            now = self._clock.now(connection)
            judged = [_judge(call, kiosks, now) for call in calls]
            fresh = [
                one for call, one in zip(calls, judged, strict=True) if isinstance(one, Admitted) and call.remember
            ]
            new = {id(one) for one in self._remember(connection, fresh)}
            theirs = [
                one for call, one in zip(calls, judged, strict=True) if isinstance(one, Admitted) and not call.remember
            ]
            used = _used(connection, theirs) if theirs else frozenset()
            return [
                Replayed() if isinstance(one, Admitted) and _came_before(call, one, new, used) else one
                for call, one in zip(calls, judged, strict=True)
            ]

    def _remember(self, connection: Connection, fresh: Sequence[Admitted]) -> list[Admitted]:
        """Writes their nonces down, in rounds of one of each kiosk; those that are new."""
        new: list[Admitted] = []
        while fresh:
            turn = {one.verified.kiosk_id: one for one in reversed(fresh)}
            first = self._clock.remember_all(connection, [turn[kiosk_id].verified for kiosk_id in sorted(turn)])
            new += [turn[kiosk_id] for kiosk_id in first]
            done = {id(one) for one in turn.values()}
            fresh = [one for one in fresh if id(one) not in done]
        return new


def _judge(call: Call, kiosks: Mapping[str, KioskRow], now: Any) -> Admitted | ApiError:
    def public_key_of(kiosk_id: str) -> bytes | None:
        return bytes(kiosks[kiosk_id].public_key) if kiosk_id in kiosks else None

    try:
        verified = verify(call.method, call.url, call.headers, None, public_key_of=public_key_of, now=now)
        if call.has_body and verified.content_digest is None:
            raise SignatureRefused("Content-Digest is not among what was signed")
        BodyDigest(verified)
    except SignatureRefused as error:
        return ApiError(401, "signature", str(error)[:200])
    kiosk = kiosks[verified.kiosk_id]
    if kiosk.revoked_at is not None:
        return ApiError(403, REVOKED_CODE, "this kiosk was shut out; enrol it anew")
    if kiosk.approved_at is None:
        return ApiError(403, WAITING_CODE, "an administrator has to compare the fingerprint and approve this kiosk")
    if len(verified.nonce) > NONCE_CHARACTERS:
        return ApiError(401, "signature", "the nonce is too long")
    return Admitted(kiosk, verified)


def _used(connection: Connection, admitted: Sequence[Admitted]) -> frozenset[tuple[str, str]]:
    """Checked before any work is done; what decides is the row that the handler's transaction writes."""
    wanted = {
        "kiosks": sorted({one.verified.kiosk_id for one in admitted}),
        "nonces": sorted({one.verified.nonce for one in admitted}),
    }
    return frozenset((kiosk_id, nonce) for kiosk_id, nonce in connection.execute(_USED, wanted))


def _came_before(call: Call, one: Admitted, new: set[int], used: frozenset[tuple[str, str]]) -> bool:
    if call.remember:
        return id(one) not in new
    return (one.verified.kiosk_id, one.verified.nonce) in used
