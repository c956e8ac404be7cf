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

from fastapi import Request

from protocol.signing import BodyDigest, Verified
from server.api.bodies import SMALL_BODY_BYTES, has_body, reading, refuse_declared
from server.api.errors import ApiError
from server.api.groups.admission import Admitted, Call
from server.api.groups.together import Together
from server.api.versions import refuse_unknown_version


@dataclass(frozen=True)
class SignedRequest:
    kiosk_id: str
    kiosk_part: str
    ring: str
    body: bytes
    verified: Verified


def signed(
    limit: int = SMALL_BODY_BYTES, *, own_transaction: bool = False
) -> Callable[[Request], AsyncIterator[SignedRequest]]:
    """A dependency: the request's kiosk and body, of at most ``limit`` bytes.

    With ``own_transaction`` the handler writes the nonce down (``SigningClock.remember_all``) in the transaction that does the
    request's work.
    """

    async def check(request: Request) -> AsyncIterator[SignedRequest]:
        refuse_unknown_version(request)
        refuse_declared(request, limit)
        call = Call(request.method, _target(request), _headers(request), has_body(request), not own_transaction)
        admission: Together[Call, Admitted | ApiError] = request.app.state.admission
        admitted = await admission.put(call)
        if isinstance(admitted, ApiError):
            raise admitted
        kiosk, verified = admitted.kiosk, admitted.verified
        digest = BodyDigest(verified)
        async with reading(request, limit, digest.update) as body:
            if not digest.holds:
                raise ApiError(401, "signature", "the body is not the one that was signed")
            yield SignedRequest(kiosk.id, kiosk.kiosk_part, kiosk.ring, body, verified)

    return check


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
