"""Checkpoints of the server's audit log, and what the kiosks, its witnesses, say of them.

A checkpoint is the signed head of the log: its size and the root of its hash tree. In the answer to a heartbeat the
server offers its newest one to a kiosk that does not hold it yet, with a proof that it only adds to the one that the
kiosk said it holds. The kiosk takes it only then; one that is smaller, contradicts, or comes without proof is refused
and reported with the next heartbeat. So whoever cuts or rewrites the log has to reach every kiosk as well.

A checkpoint's signature covers the text of a C2SP *tlog-checkpoint*, and :func:`note` writes it as a *signed note*,
for witnesses outside. Sources: https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note.
"""

import base64
import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

#: Hashes of a proof between two trees that a 32-bit size can have, with some to spare.
PROOF_HASHES: Final = 70
_KEY_CONTEXT: Final = b"ekios-audit-key:1\n"
_RESTART_CONTEXT: Final = b"ekios-audit-restart:1\n"
#: C2SP signed-note: the type of an Ed25519 signature.
_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
#: Of a checkpoint: origin, size and root; and the parts of a signature's line.
_NOTE_LINES: Final = 3
_NOT_IN_A_NAME: Final = str.maketrans({" ": "-", "+": "-", "\n": "-"})


class _Message(BaseModel):
    #: What checks a message is made when the first one comes: a kiosk starts without most of them.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


Origin = Annotated[str, StringConstraints(max_length=200)]
Size = Annotated[int, Field(ge=1, lt=2**31)]


class Checkpoint(_Message):
    """The head of the log's first ``size`` entries. ``origin`` names the log's server, for people."""

    origin: Origin
    size: Size
    root: Base64Bytes
    signature: Base64Bytes

    def text(self) -> bytes:
        return text(self.origin, self.size, self.root)

    def signed_by(self, public_key: bytes) -> bool:
        return _holds(public_key, self.text(), self.signature)


class AuditKey(_Message):
    """The key that signs checkpoints, certified by the one that the kiosk was given at its enrolment."""

    public_key: Base64Bytes
    signature: Base64Bytes

    def certified_by(self, city_key: bytes) -> bool:
        return _holds(city_key, _KEY_CONTEXT + base64.b64encode(self.public_key), self.signature)


class Restart(_Message):
    """The city says that the log was set back, to what this checkpoint heads: after a restore from a backup."""

    checkpoint: Checkpoint
    signature: Base64Bytes

    def said_by(self, city_key: bytes) -> bool:
        return _holds(city_key, _RESTART_CONTEXT + self.checkpoint.text(), self.signature)


Proof = Annotated[tuple[Base64Bytes, ...], Field(max_length=PROOF_HASHES)]


class Offer(_Message):
    """The server's newest checkpoint, for one kiosk."""

    checkpoint: Checkpoint
    key: AuditKey
    #: From the size that the kiosk said it holds; empty when it held none.
    proof: Proof = ()
    #: The last one, when there was one, with the proof from there.
    restart: Restart | None = None
    restart_proof: Proof = ()


class Refusal(StrEnum):
    """Why a kiosk does not take a checkpoint."""

    #: Not signed by a key of this city.
    UNSIGNED = "UNSIGNED"
    #: It knows fewer entries than the kiosk has seen: the log was cut.
    SHRUNK = "SHRUNK"
    #: As many entries, and others: two logs are shown to two sides.
    SPLIT = "SPLIT"
    #: It does not add to what the kiosk has seen: entries were changed.
    REWRITTEN = "REWRITTEN"


class Witnessed(_Message):
    """What a kiosk tells with a heartbeat."""

    #: The highest checkpoint that it took.
    held: Checkpoint | None = None
    #: What it was offered last and did not take, and why.
    refused: Checkpoint | None = None
    refusal: Refusal | None = None
    #: So often it let go of what it held because the city said that the log was set back.
    restarts: Annotated[int, Field(ge=0, lt=2**31)] = 0


def text(origin: str, size: int, root: bytes) -> bytes:
    """What a checkpoint's signature covers: the body of a tlog-checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def make(origin: str, size: int, root: bytes, signature: bytes) -> Checkpoint:
    # Base64Bytes decodes what it is given, therefore the encoded form goes in.
    return Checkpoint.model_validate(
        {"origin": origin, "size": size, "root": base64.b64encode(root), "signature": base64.b64encode(signature)}
    )


def certify(public_key: bytes, city_key: bytes) -> AuditKey:
    """``city_key``: the Ed25519 seed whose public half kiosks are given at their enrolment."""
    encoded = base64.b64encode(public_key)
    signature = SigningKey(city_key).sign(_KEY_CONTEXT + encoded).signature
    return AuditKey.model_validate({"public_key": encoded, "signature": base64.b64encode(signature)})


def restart(checkpoint: Checkpoint, city_key: bytes) -> Restart:
    """``city_key``: as for :func:`certify`."""
    signature = SigningKey(city_key).sign(_RESTART_CONTEXT + checkpoint.text()).signature
    return Restart.model_validate(
        {"checkpoint": checkpoint.model_dump(mode="json"), "signature": base64.b64encode(signature)}
    )


def offer(
    checkpoint: Checkpoint,
    key: AuditKey,
    proof: Sequence[bytes],
    restarted: Restart | None = None,
    restart_proof: Sequence[bytes] = (),
) -> Offer:
    return Offer.model_validate(
        {
            "checkpoint": checkpoint.model_dump(mode="json"),
            "key": key.model_dump(mode="json"),
            "proof": [base64.b64encode(one) for one in proof],
            "restart": None if restarted is None else restarted.model_dump(mode="json"),
            "restart_proof": [base64.b64encode(one) for one in restart_proof],
        }
    )


# --- for witnesses outside -----------------------------------------------------------------------------------------


def note(checkpoint: Checkpoint, public_key: bytes) -> str:
    """The checkpoint as a C2SP signed note."""
    name = checkpoint.origin.translate(_NOT_IN_A_NAME)
    signature = base64.b64encode(_key_id(name, public_key) + checkpoint.signature).decode()
    return f"{checkpoint.text().decode()}\n— {name} {signature}\n"


def parse_note(content: str, public_key: bytes) -> Checkpoint | None:
    """The checkpoint of a signed note, when one of its signatures names this key; whether that holds is another
    question. None when it is not such a note."""
    body, between, signatures = content.partition("\n\n")
    lines = body.split("\n")
    if not between or len(lines) < _NOTE_LINES or not lines[1].isascii() or not lines[1].isdigit():
        return None
    name = lines[0].translate(_NOT_IN_A_NAME)
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) != _NOTE_LINES or parts[0] != "—" or parts[1] != name:
            continue
        try:
            signature = base64.b64decode(parts[2], validate=True)
            if signature[:_KEY_ID_BYTES] == _key_id(name, public_key):
                root = base64.b64decode(lines[2], validate=True)
                return make(lines[0], int(lines[1]), root, signature[_KEY_ID_BYTES:])
        except ValueError:
            continue
    return None


def verifier_key(origin: str, public_key: bytes) -> str:
    """What a note of ``origin`` is checked with: name, key id and key, as signed-note has it."""
    name = origin.translate(_NOT_IN_A_NAME)
    return f"{name}+{_key_id(name, public_key).hex()}+{base64.b64encode(_ED25519 + public_key).decode()}"


def witness_request(checkpoint: Checkpoint, public_key: bytes, old_size: int, proof: Sequence[bytes]) -> str:
    """The body of ``add-checkpoint`` of a C2SP tlog-witness: the witness's old size, the proof, the note."""
    lines = [f"old {old_size}", *(base64.b64encode(one).decode() for one in proof)]
    return "\n".join(lines) + "\n\n" + note(checkpoint, public_key)


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def _holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public_key).verify(message, signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True
