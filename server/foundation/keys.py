"""The city's private keys, each in its own file of mode 0600 in the data folder; made at the first start.

The sealing keys, which open envelopes, are the keeper's (``server.keeper``): here only their public halves are known.
``badge.key`` and ``audit.key`` Ed25519; the latter may lie elsewhere, apart from the database that it vouches for. ``vault.key`` and ``nik.key``
symmetric. The keys of the packs are kept by ``server.catalogue.tuf``.
"""

import secrets
from base64 import b64encode
from pathlib import Path
from typing import Final

from nacl.signing import SigningKey

from protocol.messages import SealingKey
from runtime.files import make_folder
from runtime.private_files import private_folder
from server.keeper.client import Keeper, KeeperAway
from server.keeper.key_files import keep_secret as keep_secret
from server.keeper.sealing_keys import PRIVATE

KEY_BYTES: Final = 32
AUDIT_KEY: Final = "audit.key"


class CityKeys:
    """The keys as they are on disk; the sealing keys are asked for when they are needed, for they grow."""

    def __init__(self, keeper: Keeper, *, badge: bytes, audit: bytes, vault: bytes, nik: bytes) -> None:
        self._keeper = keeper
        self.badge: Final = badge
        self.audit: Final = audit
        self.vault: Final = vault
        self.nik: Final = nik

    def make_sealing_key(self) -> str:
        """A new key that everything is sealed to from now on; its id. Older ones stay, to open what was sealed to them."""
        return self._keeper.make_key()

    def public_sealing_keys(self) -> tuple[SealingKey, ...]:
        """The one to seal to first."""
        # Base64Bytes decodes what it is given, therefore the encoded form goes in.
        return tuple(
            SealingKey.model_validate({"key_id": name, "public_key": b64encode(public)})
            for name, public in self._keeper.public_keys()
        )

    @property
    def badge_public(self) -> bytes:
        return bytes(SigningKey(self.badge).verify_key)

    @property
    def audit_public(self) -> bytes:
        return bytes(SigningKey(self.audit).verify_key)


class KeyMissing(RuntimeError):
    """A key that lies elsewhere is not there, or is here; the message says what to do."""


def load_keys(folder: Path, audit_key: Path | None = None, keeper: Keeper | None = None) -> CityKeys:
    """Reads the keys, making those that are missing; ``keeper`` has the sealing keys, when not in ``folder``.

    ``audit_key``: where the checkpoints' key lies, when not in ``folder``; that one is never made here, because a folder that is
    not mounted looks like a missing key.

    Raises KeyMissing.
    """
    make_folder(folder, mode=0o700)
    private_folder(folder)
    keeper = keeper or Keeper(folder)
    if not keeper.elsewhere:
        _make_sealing_key(keeper)
    elif any(folder.glob(PRIVATE)):
        raise KeyMissing(f"private sealing keys are still in {folder}: move them to the folder of the keeper's user")
    return CityKeys(
        keeper,
        badge=_load(folder / "badge.key"),
        audit=_load(folder / AUDIT_KEY) if audit_key is None else _elsewhere(audit_key, folder),
        vault=_load(folder / "vault.key"),
        nik=_load(folder / "nik.key"),
    )


def _make_sealing_key(keeper: Keeper) -> None:
    """At the first start; and the public halves of keys that are older than they."""
    try:
        keeper.public_keys()
    except KeeperAway as error:
        raise KeyMissing(str(error)) from error


def random_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


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
