"""The city's private keys, each in its own file of mode 0600 in the data folder; made at the first start.

``sealing-<key id>.key`` X25519, opens envelopes; the newest is used, older ones stay. ``badge.key`` and ``audit.key``
Ed25519; the latter may lie elsewhere, apart from the database that it vouches for. ``vault.key`` and ``nik.key``
symmetric. The keys of the packs are kept by ``server.catalogue.tuf``.
"""

import os
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from protocol.messages import SealingKey
from protocol.sealing import SealBroken, key_id, unseal
from runtime.files import make_folder, sync_folder
from runtime.private_files import private_folder

KEY_BYTES: Final = 32
AUDIT_KEY: Final = "audit.key"
_SEALING: Final = "sealing-*.key"


class CityKeys:
    """The keys as they are on disk. Sealing keys grow: another process of this server may have made a newer one."""

    def __init__(self, folder: Path, *, badge: bytes, audit: bytes, vault: bytes, nik: bytes) -> None:
        self._folder = folder
        self.badge: Final = badge
        self.audit: Final = audit
        self.vault: Final = vault
        self.nik: Final = nik
        #: X25519 private keys by key id, the one to seal to first. Replaced as a whole, so any thread may read it.
        self._sealing = _read_sealing(folder)

    def sealing_key(self, name: str) -> bytes | None:
        """The private key of a key id; looked for on disk when it is not known yet."""
        if name not in self._sealing and (self._folder / f"sealing-{_safe(name)}.key").exists():
            self._sealing = _read_sealing(self._folder)
        return self._sealing.get(name)

    def unseal(self, name: str, sealed: bytes) -> bytes | None:
        """What a blob holds that was sealed to that key; None when it cannot be opened, or no such key is known."""
        key = self.sealing_key(name)
        try:
            return None if key is None else unseal(sealed, key)
        except SealBroken:
            return None

    def make_sealing_key(self) -> str:
        """A new key that everything is sealed to from now on; its id. Older ones stay, to open what was sealed to them."""
        name = _make_sealing(self._folder)
        self._sealing = _read_sealing(self._folder)
        return name

    def public_sealing_keys(self) -> tuple[SealingKey, ...]:
        # Base64Bytes decodes what it is given, therefore the encoded form goes in.
        return tuple(
            SealingKey.model_validate({"key_id": name, "public_key": _base64(_public(private))})
            for name, private in self._sealing.items()
        )

    @property
    def badge_public(self) -> bytes:
        return bytes(SigningKey(self.badge).verify_key)

    @property
    def audit_public(self) -> bytes:
        return bytes(SigningKey(self.audit).verify_key)


class KeyMissing(RuntimeError):
    """A key that lies elsewhere is not there; the message says what to do."""


def load_keys(folder: Path, audit_key: Path | None = None) -> CityKeys:
    """Reads the keys, making those that are missing. ``audit_key``: where the checkpoints' key lies, when not in
    ``folder``; that one is never made here, because a folder that is not mounted looks like a missing key.

    Raises KeyMissing.
    """
    make_folder(folder, mode=0o700)
    private_folder(folder)
    if not any(folder.glob(_SEALING)):
        _make_sealing(folder)
    return CityKeys(
        folder,
        badge=_load(folder / "badge.key"),
        audit=_load(folder / AUDIT_KEY) if audit_key is None else _elsewhere(audit_key, folder),
        vault=_load(folder / "vault.key"),
        nik=_load(folder / "nik.key"),
    )


def _make_sealing(folder: Path) -> str:
    private = bytes(PrivateKey.generate())
    name = key_id(_public(private))
    keep_secret(folder / f"sealing-{name}.key", private)
    return name


def _read_sealing(folder: Path) -> dict[str, bytes]:
    found = sorted(folder.glob(_SEALING), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return {path.stem.removeprefix("sealing-"): path.read_bytes() for path in found}


def _safe(name: str) -> str:
    """A key id as it can be in a file's name; what came over the line may hold anything."""
    return name if name.isalnum() else "none"


def random_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


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
    sync_folder(path.parent)


def move_audit_key(folder: Path, target: Path) -> bool:
    """Puts the checkpoints' key at ``target``, durably, and takes it out of ``folder``; False when a new one was made.

    Raises FileExistsError: there is one at ``target``, which stays as it is.
    """
    if target.exists():
        raise FileExistsError(target)
    old = folder / AUDIT_KEY
    moved = old.exists()
    keep_secret(target, old.read_bytes() if moved else random_key())
    if moved:
        old.unlink()
    return moved


def _elsewhere(path: Path, folder: Path) -> bytes:
    if (folder / AUDIT_KEY).exists():
        raise KeyMissing(f"{folder / AUDIT_KEY} is still there; move it with: python -m server audit-key {path}")
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeyMissing(
            f"the checkpoints' key {path} cannot be read ({error.strerror}); is its medium mounted? "
            f"For a new city make one with: python -m server audit-key {path}"
        ) from error
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"{path} is no key: {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _load(path: Path) -> bytes:
    if not path.exists():
        keep_secret(path, random_key())
    return path.read_bytes()


def _public(private: bytes) -> bytes:
    return bytes(PrivateKey(private).public_key)


def _base64(content: bytes) -> bytes:
    return b64encode(content)
