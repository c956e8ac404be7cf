"""Which version of the protocol two peers speak: the newest that both understand.

A kiosk names the version that it speaks in each request. The server answers 426 to one that it does not understand, and
names all that it does in every answer to a signed request (``Ekios-Protocol: 2, 1``), so that a kiosk follows at once when
either side was updated, or set back. Who has none in common is told which side is the older one.
"""

from collections.abc import Iterable
from typing import Final

from protocol import PROTOCOL_VERSION, SUPPORTED_VERSIONS

#: Servers of version 1 did not name what they understand.
_UNNAMED: Final = frozenset({1})
_DIGITS: Final = 4


def named(versions: Iterable[int] = SUPPORTED_VERSIONS) -> str:
    """As the header of an answer has it, the newest first."""
    return ", ".join(str(version) for version in sorted(versions, reverse=True))


def spoken(header: str) -> int | None:
    """The version that a request names; None when it names none."""
    return int(header) if header.isascii() and header.isdigit() and len(header) <= _DIGITS else None


def common(header: str | None) -> int | None:
    """The newest version that a server with this header and this program both understand; None when there is none."""
    theirs = _UNNAMED if header is None else {spoken(part.strip()) for part in header.split(",")}
    return max(SUPPORTED_VERSIONS & theirs, default=None)


def refusal(header: str) -> str:
    """Why a request with this header is answered 426, and which side is to be updated."""
    version = spoken(header)
    if version is None:
        return f"the request names no version of the protocol; this server understands {named()}"
    older = "kiosk" if version < PROTOCOL_VERSION else "server"
    return f"the kiosk speaks version {version} of the protocol, this server understands {named()}: update the {older}"
