"""Each answer to a kiosk proves that it is ours, and to which request, and names the versions understood; as plain ASGI, so that streams pass unbuffered."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protocol import VERSION_HEADER, answers
from protocol.line import versions
from server.api.errors import API_PREFIX
from server.front_door.signing_clock import SigningClock

_SIGNATURE: Final = "signature"
_UNDERSTOOD: Final = versions.named()


class AnswerProofs:
    """``key``: the city's Ed25519 seed, whose public half kiosks have since their enrolment."""

    def __init__(self, app: ASGIApp, clock: SigningClock, key: bytes) -> None:
        self._app = app
        self._clock = clock
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope).get(_SIGNATURE) if scope["type"] == "http" else None
        if asked is None or not scope["path"].startswith(API_PREFIX):
            await self._app(scope, receive, send)
            return

        async def with_proof(message: Message) -> None:
            if message["type"] == "http.response.start":
                proof = answers.prove(asked, message["status"], self._clock.proof(), self._key)
                headers = MutableHeaders(scope=message)
                headers[answers.HEADER] = proof
                headers[VERSION_HEADER] = _UNDERSTOOD
            await send(message)

        await self._app(scope, receive, with_proof)
