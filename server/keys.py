"""The city's private keys, each in its own file of mode 0600 in the data folder; made at the first start.

``sealing-<key id>.key`` X25519, opens envelopes; the newest is used, older ones stay. ``badge.key`` and ``audit.key``
Ed25519. ``vault.key`` and ``nik.key`` symmetric. The keys of the packs are kept by ``server.packs``.
"""

import os
import secrets
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from sync.protocol.messages import SealingKey
from sync.protocol.sealing import key_id

KEY_BYTES: Final = 32


@dataclass(frozen=True)
class CityKeys:
    #: X25519 private keys by key id.
    sealing: dict[str, bytes]
    #: Key ids, the one to seal to first.
    sealing_order: tuple[str, ...]
    badge: bytes
    audit: bytes
    vault: bytes
    nik: bytes

    def public_sealing_keys(self) -> tuple[SealingKey, ...]:
        # Base64Bytes decodes what it is given, therefore the encoded form goes in.
        return tuple(
            SealingKey.model_validate({"key_id": name, "public_key": _base64(_public(self.sealing[name]))})
            for name in self.sealing_order
        )

    @property
    def badge_public(self) -> bytes:
        return bytes(SigningKey(self.badge).verify_key)

    @property
    def audit_public(self) -> bytes:
        return bytes(SigningKey(self.audit).verify_key)


def load_keys(folder: Path) -> CityKeys:
    """Reads the keys, making those that are missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = sorted(folder.glob("sealing-*.key"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    if not found:
        private = bytes(PrivateKey.generate())
        path = folder / f"sealing-{key_id(_public(private))}.key"
        keep_secret(path, private)
        found = [path]
    sealing = {path.stem.removeprefix("sealing-"): path.read_bytes() for path in found}
    return CityKeys(
        sealing=sealing,
        sealing_order=tuple(sealing),
        badge=_load(folder / "badge.key"),
        audit=_load(folder / "audit.key"),
        vault=_load(folder / "vault.key"),
        nik=_load(folder / "nik.key"),
    )


def keep_secret(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner can read, durably; an existing one is left alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _load(path: Path) -> bytes:
    if not path.exists():
        keep_secret(path, secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


def _public(private: bytes) -> bytes:
    return bytes(PrivateKey(private).public_key)


def _base64(content: bytes) -> bytes:
    return b64encode(content)
