"""Server-sent events, as the WHATWG HTML standard parses them (section 9.2), from an iterator of bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

#: A longer line or event is not one of ours; the stream is given up.
EVENT_BYTES: Final = 1_000_000


class StreamBroken(ValueError):
    """The stream is not what server-sent events are."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """``event`` is "message" when the server named none. A comment is given as an event named "" without data."""

    event: str
    data: str
    id: str


def events(pieces: Iterable[bytes]) -> Iterator[ServerSentEvent]:
    """All events, and comments too, because they show that the link lives. Raises StreamBroken."""
    name, data, last_id = "", list[str](), ""
    size = 0
    for line in _lines(pieces):
        size += len(line)
        if size > EVENT_BYTES:
            raise StreamBroken("an event is too long")
        if not line:
            if data:
                yield ServerSentEvent(name or "message", "\n".join(data), last_id)
            name, data, size = "", [], 0
        elif line.startswith(":"):
            yield ServerSentEvent("", "", last_id)
        else:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id" and "\0" not in value:
                last_id = value


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines that end with LF, CR or CRLF; what comes after the last end is dropped, as the standard says."""
    buffer = b""
    after_cr = False
    for piece in pieces:
        if after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
        after_cr = piece.endswith(b"\r")
        buffer += piece
        if len(buffer) > EVENT_BYTES:
            raise StreamBroken("a line is too long")
        *whole, buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
