"""A kiosk's outbox as a file, which somebody carries to the city on a USB stick.

It begins with a line that says what it is and whose; everything after that is encrypted with a key of the file's own
(libsodium's secretstream), which is sealed to the city's public key. So whoever finds the stick learns a city's name and a
kiosk's number. The stream is bound to its first line, and its end is marked: a byte that was changed, a piece that was cut off
or exchanged is found before anything is taken. The last record bears the kiosk's signature over all that came before it,
because sealing does not tell who sealed.

Records: an item as a batch carries it (SubmissionItem), then its attachments in pieces, then the next item; at the end Ending.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, BinaryIO, Final, Literal

from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey
from pydantic import AwareDatetime, Base64Bytes, Field, ValidationError

from protocol.limits import BATCH_BYTES, CHUNK_BYTES
from protocol.line.base import Message, Short, Uuid

#: What the first line begins with, so that another file is told from a damaged one.
MAGIC: Final = b"eKios outbox "
FORMAT: Final = 1
#: How such a file's name ends.
SUFFIX: Final = ".ekios"
#: The first line has less.
HEADER_BYTES: Final = 4_000
#: A record is one item, or a piece of an attachment; both are shorter.
RECORD_BYTES: Final = BATCH_BYTES + CHUNK_BYTES
_LENGTH: Final = 4
_TAG: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_ADDED: Final = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_CONTEXT: Final = b"ekios outbox export 1\n"


class ExportFault(StrEnum):
    """Why a file is not taken; nothing of it was."""

    #: Something else, or of a version that this program does not know.
    NOT_AN_EXPORT = "not_an_export"
    OTHER_CITY = "other_city"
    #: Sealed to a key that this city does not have.
    OTHER_KEY = "other_key"
    #: A byte is another, or a piece is missing.
    DAMAGED = "damaged"
    #: Not by the kiosk that it names.
    FORGED = "forged"


class ExportRefused(ValueError):
    def __init__(self, fault: ExportFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Header(Message):
    """The first line; it is bound to all that follows."""

    format: Literal[1] = FORMAT
    city: Short
    kiosk_id: Uuid
    made_at: AwareDatetime
    #: Of the city's key that ``sealed_key`` is sealed to.
    key_id: Short
    sealed_key: Base64Bytes
    #: Of the stream.
    begins: Base64Bytes


class Ending(Message):
    items: Annotated[int, Field(ge=0)]
    attachments: Annotated[int, Field(ge=0)]
    #: Ed25519, by the kiosk that the header names.
    signature: Base64Bytes


class Kind(StrEnum):
    ITEM = "I"
    #: The hash of an attachment, and its next bytes.
    PIECE = "A"
    ENDING = "E"


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """The JSON of a SubmissionItem."""

    content: bytes


@dataclass(frozen=True, slots=True)
class PieceRecord:
    """Of an attachment of an item before; pieces come in order."""

    sha256: str
    data: bytes


Record = ItemRecord | PieceRecord


def encode(
    *,
    city: str,
    kiosk_id: str,
    made_at: datetime,
    key_id: str,
    seal: Callable[[bytes], bytes],
    sign: SigningKey,
    records: Iterable[Record],
) -> Iterator[bytes]:
    """The file, piece by piece."""
    key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    begins = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    said = {
        "format": FORMAT,
        "city": city,
        "kiosk_id": kiosk_id,
        "made_at": made_at.isoformat(),
        "key_id": key_id,
        "sealed_key": base64.b64encode(seal(key)).decode(),
        "begins": base64.b64encode(begins).decode(),
    }
    header = MAGIC + json.dumps(said, ensure_ascii=False).encode() + b"\n"
    signed = hashlib.sha256(_CONTEXT + header)
    bound: bytes | None = header

    def frame(kind: Kind, content: bytes, tag: int = _TAG) -> bytes:
        nonlocal bound
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(state, kind.encode() + content, bound, tag)
        bound = None
        return len(sealed).to_bytes(_LENGTH, "big") + sealed

    yield header
    items = attachments = 0
    whose = ""
    for record in records:
        if isinstance(record, ItemRecord):
            kind, content, items, whose = Kind.ITEM, record.content, items + 1, ""
        else:
            kind, content = Kind.PIECE, bytes.fromhex(record.sha256) + record.data
            attachments += record.sha256 != whose
            whose = record.sha256
        _count(signed, kind, content)
        yield frame(kind, content)
    signature = base64.b64encode(sign.sign(signed.digest()).signature).decode()
    ending = json.dumps({"items": items, "attachments": attachments, "signature": signature}).encode()
    yield frame(Kind.ENDING, ending, _FINAL)


def read_header(file: BinaryIO) -> tuple[Header, bytes]:
    """The first line, as it is meant and as it stands; ``file`` is at the first record then. Raises ExportRefused."""
    line = file.readline(HEADER_BYTES)
    if not line.startswith(MAGIC):
        raise ExportRefused(ExportFault.NOT_AN_EXPORT)
    if not line.endswith(b"\n"):
        raise ExportRefused(ExportFault.DAMAGED)
    try:
        return Header.model_validate_json(line[len(MAGIC) :]), line
    except ValidationError as error:
        format_said = _format_of(line)
        known = format_said in (None, FORMAT)
        raise ExportRefused(ExportFault.DAMAGED if known else ExportFault.NOT_AN_EXPORT) from error


def decode(file: BinaryIO, header: Header, line: bytes, key: bytes, verify_key: bytes) -> Iterator[Record]:
    """Records in order. The last one has come only when this ends without ExportRefused: take nothing before."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header.begins, key)
    except (CryptoError, ValueError, TypeError) as error:
        raise ExportRefused(ExportFault.DAMAGED) from error
    signed = hashlib.sha256(_CONTEXT + line)
    bound: bytes | None = line
    while True:
        kind, content, last = _next(file, state, bound)
        bound = None
        if kind is Kind.ENDING:
            if not last or file.read(1):
                raise ExportRefused(ExportFault.DAMAGED)
            _verify(content, signed.digest(), verify_key)
            return
        if last:
            raise ExportRefused(ExportFault.DAMAGED)
        _count(signed, kind, content)
        if kind is Kind.ITEM:
            yield ItemRecord(content)
        else:
            yield PieceRecord(content[:32].hex(), content[32:])


def _next(
    file: BinaryIO, state: "bindings.crypto_secretstream_xchacha20poly1305_state", bound: bytes | None
) -> tuple[Kind, bytes, bool]:
    length = int.from_bytes(prefix, "big") if len(prefix := file.read(_LENGTH)) == _LENGTH else 0
    if not _ADDED < length <= RECORD_BYTES + _ADDED:
        raise ExportRefused(ExportFault.DAMAGED)
    sealed = file.read(length)
    try:
        plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed, bound)
        return Kind(plain[:1].decode("ascii", "replace")), plain[1:], tag == _FINAL
    except (CryptoError, ValueError) as error:
        raise ExportRefused(ExportFault.DAMAGED) from error


def _verify(content: bytes, digest: bytes, verify_key: bytes) -> None:
    try:
        ending = Ending.model_validate_json(content)
        VerifyKey(verify_key).verify(digest, ending.signature)
    except ValidationError as error:
        raise ExportRefused(ExportFault.DAMAGED) from error
    except (BadSignatureError, ValueError) as error:
        raise ExportRefused(ExportFault.FORGED) from error


def _count(signed: "hashlib._Hash", kind: Kind, content: bytes) -> None:
    signed.update(kind.encode() + len(content).to_bytes(_LENGTH, "big"))
    signed.update(content)


def _format_of(line: bytes) -> object:
    try:
        said = json.loads(line[len(MAGIC) :])
    except ValueError:
        return None
    return said.get("format") if isinstance(said, dict) else None
