"""Who signed a request: the first thing that every path of a kiosk asks.

In this order: the version of the protocol (426), the size of the body (413), the signature (401), whether the kiosk
was shut out (403), whether this very request came before (401). A nonce is written down, durably, before anything
is done for its request, so a replay has no effect on any process of the server.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from sqlalchemy import Connection, Engine, Row, delete, select
from starlette.concurrency import run_in_threadpool

from server.api.bodies import read_body
from server.api.errors import ApiError
from server.deps import Deps, get_deps
from server.storage import tables
from server.storage.transactions import insert_new
from sync.protocol import SUPPORTED_VERSIONS, VERSION_HEADER
from sync.protocol.signing import SIGNATURE_LIFE, SignatureRefused, Verified, verify

NONCE_CHARACTERS: Final = 100
#: For messages whose members are short.
SMALL_BODY_BYTES: Final = 65_536


@dataclass(frozen=True)
class SignedRequest:
    kiosk_id: str
    kiosk_part: str
    ring: str
    body: bytes


def signed(limit: int = SMALL_BODY_BYTES) -> Callable[[Request], Awaitable[SignedRequest]]:
    """A dependency: the request's kiosk and body, of at most ``limit`` bytes."""

    async def check(request: Request) -> SignedRequest:
        version = request.headers.get(VERSION_HEADER, "")
        if not version.isascii() or not version.isdigit() or int(version[:9]) not in SUPPORTED_VERSIONS:
            raise ApiError(426, "version", f"this server speaks {sorted(SUPPORTED_VERSIONS)}", {"Upgrade": "ekios/1"})
        body = await read_body(request, limit)
        deps = get_deps(request)
        kiosk = await run_in_threadpool(_admit, deps, request.method, _target(request), _headers(request), body)
        return SignedRequest(kiosk.id, kiosk.kiosk_part, kiosk.ring, body)

    return check


def _admit(deps: Deps, method: str, url: str, headers: dict[str, str], body: bytes) -> Row[Any]:
    kiosks: dict[str, Row[Any]] = {}

    def public_key_of(kiosk_id: str) -> bytes | None:
        row = _kiosk(deps.engine, kiosk_id)
        if row is None:
            return None
        kiosks[kiosk_id] = row
        return bytes(row.public_key)

    try:
        verified = verify(method, url, headers, body, public_key_of=public_key_of)
    except SignatureRefused as error:
        raise ApiError(401, "signature", str(error)[:200]) from error
    kiosk = kiosks[verified.kiosk_id]
    if kiosk.revoked_at is not None:
        raise ApiError(403, "revoked", "this kiosk was shut out; enrol it anew")
    if len(verified.nonce) > NONCE_CHARACTERS:
        raise ApiError(401, "signature", "the nonce is too long")
    with deps.engine.begin() as connection:
        if not remember_nonce(connection, verified, deps.clock.now()):
            raise ApiError(401, "replayed", "this request came before; sign each sending anew")
    return kiosk


def remember_nonce(connection: Connection, verified: Verified, now: datetime) -> bool:
    """False when the nonce was used before. It is kept for as long as its signature could be accepted."""
    expires = max(now, verified.created) + 2 * SIGNATURE_LIFE
    return insert_new(
        connection,
        tables.nonces,
        {"kiosk_id": verified.kiosk_id, "nonce": verified.nonce, "expires_at": expires},
    )


def forget_nonces(engine: Engine, now: datetime) -> int:
    """Drops those that are no longer needed."""
    with engine.begin() as connection:
        return connection.execute(delete(tables.nonces).where(tables.nonces.c.expires_at < now)).rowcount


def _kiosk(engine: Engine, kiosk_id: str) -> Row[Any] | None:
    with engine.connect() as connection:
        return connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk_id)).first()


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
