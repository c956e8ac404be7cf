"""Who signed a request: the first thing that every path of a kiosk asks.

In this order: the version of the protocol (426), the size of the body as declared (413), the signature (401), whether the
kiosk was shut out or waits for its approval (403), whether this very request came before (401). All of this by the header fields alone: nothing is
read of a body that nobody vouches for. Then the body comes, up to its limit (413), and must be the one that was signed
(401). A nonce is written down, durably, before anything is done for its request, so a replay has no effect on any
process of the server. A handler that writes in one transaction may ask to do that itself, within it
(``signed(…, own_transaction=True)``): one commit instead of two, or one for many heartbeats.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from sqlalchemy import Connection, Row, select
from starlette.concurrency import run_in_threadpool

from protocol import SUPPORTED_VERSIONS, VERSION_HEADER
from protocol.answers import REVOKED_CODE, WAITING_CODE
from protocol.signing import BodyDigest, SignatureRefused, Verified, verify
from server.api.bodies import SMALL_BODY_BYTES, has_body, reading, refuse_declared
from server.api.errors import ApiError
from server.deps import Deps, get_deps
from server.foundation.actors import SYSTEM
from server.front_door.signing_clock import SigningClock
from server.storage import tables

NONCE_CHARACTERS: Final = 100


#: id, kiosk_part, ring, public_key, revoked_at, approved_at
_KioskRow = Row[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True)
class SignedRequest:
    kiosk_id: str
    kiosk_part: str
    ring: str
    body: bytes
    verified: Verified


class Replayed(ApiError):
    def __init__(self) -> None:
        super().__init__(401, "replayed", "this request came before; sign each sending anew")


def signed(
    limit: int = SMALL_BODY_BYTES, *, own_transaction: bool = False
) -> Callable[[Request], AsyncIterator[SignedRequest]]:
    """A dependency: the request's kiosk and body, of at most ``limit`` bytes.

    With ``own_transaction`` the handler writes the nonce down (:func:`remember_nonce`, ``SigningClock.remember_all``) in the
    transaction that does the request's work.
    """

    async def check(request: Request) -> AsyncIterator[SignedRequest]:
        version = request.headers.get(VERSION_HEADER, "")
        if not version.isascii() or not version.isdigit() or int(version[:9]) not in SUPPORTED_VERSIONS:
            raise ApiError(426, "version", f"this server speaks {sorted(SUPPORTED_VERSIONS)}", {"Upgrade": "ekios/1"})
        refuse_declared(request, limit)
        call = _Call(request.method, _target(request), _headers(request), has_body(request))
        kiosk, verified = await run_in_threadpool(_admit, get_deps(request), call, not own_transaction)
        digest = BodyDigest(verified)
        async with reading(request, limit, digest.update) as body:
            if not digest.holds:
                raise ApiError(401, "signature", "the body is not the one that was signed")
            yield SignedRequest(kiosk.id, kiosk.kiosk_part, kiosk.ring, body, verified)

    return check


@dataclass(frozen=True)
class _Call:
    """A request as it was signed."""

    method: str
    url: str
    headers: dict[str, str]
    has_body: bool


def _admit(deps: Deps, call: _Call, remember: bool) -> tuple[_KioskRow, Verified]:
    kiosks: dict[str, _KioskRow] = {}

    with deps.units.begin(SYSTEM) as work:
        connection = work.connection

        def public_key_of(kiosk_id: str) -> bytes | None:
            row = _kiosk(connection, kiosk_id)
            if row is None:
                return None
            kiosks[kiosk_id] = row
            return bytes(row.public_key)

        try:
            now = deps.signing_clock.now(connection)
            verified = verify(call.method, call.url, call.headers, None, public_key_of=public_key_of, now=now)
            if call.has_body and verified.content_digest is None:
                raise SignatureRefused("Content-Digest is not among what was signed")
            BodyDigest(verified)
        except SignatureRefused as error:
            raise ApiError(401, "signature", str(error)[:200]) from error
        kiosk = kiosks[verified.kiosk_id]
        if kiosk.revoked_at is not None:
            raise ApiError(403, REVOKED_CODE, "this kiosk was shut out; enrol it anew")
        if kiosk.approved_at is None:
            raise ApiError(403, WAITING_CODE, "an administrator has to compare the fingerprint and approve this kiosk")
        if len(verified.nonce) > NONCE_CHARACTERS:
            raise ApiError(401, "signature", "the nonce is too long")
        if remember:
            remember_nonce(connection, deps.signing_clock, verified)
        elif _was_used(connection, verified):
            # Checked before any work is done; what decides is the row that the handler's transaction writes.
            raise Replayed
    return kiosk, verified


def remember_nonce(connection: Connection, clock: SigningClock, verified: Verified) -> None:
    """Raises Replayed when it was used before. It is kept for as long as its signature could be accepted."""
    if not clock.remember(connection, verified):
        raise Replayed


def _was_used(connection: Connection, verified: Verified) -> bool:
    nonce = tables.nonces.c
    query = select(nonce.nonce).where(nonce.kiosk_id == verified.kiosk_id, nonce.nonce == verified.nonce)
    return connection.execute(query).first() is not None


def _kiosk(connection: Connection, kiosk_id: str) -> _KioskRow | None:
    kiosk = tables.kiosks.c
    return connection.execute(
        select(kiosk.id, kiosk.kiosk_part, kiosk.ring, kiosk.public_key, kiosk.revoked_at, kiosk.approved_at).where(
            kiosk.id == kiosk_id
        )
    ).first()


def _target(request: Request) -> str:
    """The address as it stood on the request line, so that what was signed is what is checked."""
    raw = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    query = request.scope.get("query_string", b"").decode("latin-1")
    return f"http://kiosk{raw}?{query}" if query else f"http://kiosk{raw}"


def _headers(request: Request) -> dict[str, str]:
    """Lines of the same name are joined, as RFC 9110 has it."""
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
