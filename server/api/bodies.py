"""Reading bodies no further than their limit, and as the message they should be."""

import zlib
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from server.api.errors import ApiError, too_large

Model = TypeVar("Model", bound=BaseModel)
#: gzip's header and trailer, for zlib.
_GZIP_WINDOW: Final = 31


async def read_body(request: Request, limit: int) -> bytes:
    """Raises ApiError 413 as soon as the limit is passed, also when the length was not told or was a lie."""
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limit:
        raise too_large(limit)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


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


def takes_bytes() -> dict[str, Any]:
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": schema}}}}
