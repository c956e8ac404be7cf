"""Reading bodies no further than their limit, all together within a room of memory, and as the message they should be."""

import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from server.api.errors import ApiError, too_large, try_later

Model = TypeVar("Model", bound=BaseModel)
#: For messages whose members are short.
SMALL_BODY_BYTES: Final = 65_536
#: What bodies may take of a process's memory at once, and what is kept for small ones beside it.
LARGE_BODIES_BYTES: Final = 64_000_000
SMALL_BODIES_BYTES: Final = 16_000_000
ROOM_RETRY_S: Final = 5
#: gzip's header and trailer, for zlib.
_GZIP_WINDOW: Final = 31


class BodyRoom:
    """The memory that bodies may take at once, of all requests of a process; belongs to its event loop."""

    def __init__(self, large: int = LARGE_BODIES_BYTES, small: int = SMALL_BODIES_BYTES) -> None:
        self._large = large
        self._small = small
        self.taken = 0

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[Callable[[int], None]]:
        """Gives what takes more bytes of the room (it raises ApiError 503); all are given back at the end."""
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            # Heartbeats find a place also while large bodies fill theirs.
            room = self._large + (self._small if mine + size <= SMALL_BODY_BYTES else 0)
            if self.taken + size > room:
                raise try_later(503, "busy", "many large requests are being read", ROOM_RETRY_S)
            mine += size
            self.taken += size

        try:
            yield take
        finally:
            self.taken -= mine


def has_body(request: Request) -> bool:
    declared = request.headers.get("content-length", "0")
    return declared != "0" or "transfer-encoding" in request.headers


def refuse_declared(request: Request, limit: int) -> None:
    """Raises ApiError 413 when the request says that its body is larger; nothing of it is read then."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)


@asynccontextmanager
async def reading(request: Request, limit: int, seen: Callable[[bytes], None] = lambda _: None) -> AsyncIterator[bytes]:
    """The body, of at most ``limit`` bytes; its place in memory is given back at the end.

    ``seen`` gets each piece as it comes. Raises ApiError: 413 as soon as the limit is passed, also when the length was
    not told, 503 while too many others are being read.
    """
    refuse_declared(request, limit)
    room: BodyRoom = request.app.state.bodies
    async with room.holding() as take:
        declared = request.headers.get("content-length", "")
        expected = int(declared) if declared.isdigit() else 0
        take(expected)
        pieces, size = [], 0
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise too_large(limit)
            if size > expected:
                take(size - expected)
                expected = size
            seen(piece)
            pieces.append(piece)
        yield b"".join(pieces)


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """``body`` without its Content-Encoding (none or gzip). Raises ApiError."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise ApiError(415, "encoding", "use gzip or no Content-Encoding")
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise ApiError(400, "encoding", "the body is not gzip") from error
    if len(plain) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise ApiError(400, "encoding", "the gzip stream is cut")
    return plain


def parse(model: type[Model], body: bytes) -> Model:
    """Raises ApiError 422 that names the members that are wrong, not their values."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        names = sorted({".".join(map(str, one["loc"])) or one["type"] for one in error.errors(include_input=False)})
        raise ApiError(422, "invalid", f"not as agreed: {', '.join(names)}"[:500]) from error


def takes(model: type[BaseModel], media_type: str = "application/json") -> dict[str, Any]:
    """For OpenAPI: a handler that reads the body itself, because its bytes are signed, takes this message."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def takes_bytes(headers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """For OpenAPI: a handler that takes bytes, and reads these ``headers`` (name: schema)."""
    schema = {"type": "string", "format": "binary"}
    parameters = [{"name": name, "in": "header", "required": True, "schema": said} for name, said in headers.items()]
    body = {"required": True, "content": {"application/octet-stream": {"schema": schema}}}
    return {"requestBody": body, "parameters": parameters}
