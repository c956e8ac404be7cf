"""The TUF repository of packs, with python-tuf: four roles, consistent snapshots, from a folder.

``targets`` and ``snapshot`` are signed anew with each pack, ``timestamp`` also when it nears its end, ``root`` when it does
or when keys change; a kiosk follows the chain of roots from the one it was enrolled with. Kiosks that see expired
metadata keep the last pack they verified.

The keys of ``root`` and ``targets`` may lie offline: a role whose key is not in the keys' folder is signed elsewhere and
brought back (``server.catalogue.tuf_offline``). Those of ``snapshot`` and ``timestamp`` are needed here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from runtime.files import make_folder, write_durably
from server.foundation.keys import keep_secret, random_key

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
ROOT_LIFE: Final = timedelta(days=3650)
TARGETS_LIFE: Final = timedelta(days=365)
SNAPSHOT_LIFE: Final = timedelta(days=365)
TIMESTAMP_LIFE: Final = timedelta(days=7)
#: Metadata are renewed when less than this part of their life is left.
RENEW_AT: Final = 0.5
_METADATA_NAME: Final = re.compile(r"(\d{1,9}\.(root|targets|snapshot)|timestamp)\.json")


#: An administrator is warned so long before what is signed elsewhere comes to its end.
WARN_BEFORE: Final = timedelta(days=45)


def write_contended(path: Path, content: bytes) -> None:
    write_durably(path, content, contended=True)


class RoleOffline(RuntimeError):
    """A signature is needed whose key is not here."""


@dataclass(frozen=True)
class RoleState:
    role: str
    #: 0: there is none yet.
    version: int
    expires: datetime | None
    #: So many of ``key_ids`` have to sign.
    threshold: int
    key_ids: tuple[str, ...]
    #: A key of it lies at this server.
    online: bool


@dataclass(frozen=True)
class Listed:
    """A target file: its name, hash, size in bytes and the members that the signature binds."""

    name: str
    sha256: str
    size: int
    custom: dict[str, Any]


class TufRepository:
    """Only one process at a time may call what writes (``publish``, ``renew``, ``install``); reading is free."""

    def __init__(self, folder: Path, keys: Path, write: Callable[[Path, bytes], None] = write_contended) -> None:
        """``write`` makes a file of the folder, durably."""
        self._folder = folder
        self._keys = keys
        self._write_file = write
        make_folder(folder)

    def publish(self, listed: Sequence[Listed], now: datetime) -> bool:
        """Makes the metadata list exactly ``listed``; False when they did already (they are renewed if need be), or
        when the key of ``targets`` is elsewhere: see ``unsigned_targets``."""
        self._make_root(now)
        if self.lists(listed) or self._signer("targets") is None:
            self.renew(now)
            return False
        self._sign_targets({one.name: _target(one) for one in listed}, now)
        return True

    def renew(self, now: datetime) -> None:
        """Signs anew what has less than RENEW_AT of its life left, as far as the keys are here."""
        self._renew_root(now)
        targets: Metadata[Targets] | None = self.newest("targets")
        snapshot: Metadata[Snapshot] | None = self.newest("snapshot")
        timestamp = self._timestamp()
        if targets is None or snapshot is None or timestamp is None:
            return
        if _ageing(targets.signed.expires, TARGETS_LIFE, now) and self._signer("targets") is not None:
            self._sign_targets(targets.signed.targets, now)
        elif (
            _ageing(snapshot.signed.expires, SNAPSHOT_LIFE, now)
            or snapshot.signed.meta["targets.json"].version != targets.signed.version
        ):
            self._sign_snapshot(targets.signed.version, now)
        elif (
            _ageing(timestamp.signed.expires, TIMESTAMP_LIFE, now)
            or timestamp.signed.snapshot_meta.version != snapshot.signed.version
        ):
            self._sign_timestamp(snapshot.signed.version, now)

    def install(self, metadata: Mapping[str, Metadata[Any]], now: datetime) -> None:
        """Puts what was signed elsewhere in force, by role: ``root``, ``targets`` or both. It is checked before.

        What is online is signed anew, also under keys that a new root names.
        """
        if (root := metadata.get("root")) is not None:
            self._write("root", root)
        if (targets := metadata.get("targets")) is not None:
            self._write("targets", targets)
        if (current := self.newest("targets")) is not None:
            self._sign_snapshot(current.signed.version, now)

    def lists(self, listed: Sequence[Listed]) -> bool:
        """Whether the newest targets list exactly these."""
        targets: Metadata[Targets] | None = self.newest("targets")
        return targets is not None and targets.signed.targets == {one.name: _target(one) for one in listed}

    def names(self) -> frozenset[str]:
        """The targets that are listed now."""
        targets: Metadata[Targets] | None = self.newest("targets")
        return frozenset() if targets is None else frozenset(targets.signed.targets)

    def unsigned_targets(self, listed: Sequence[Listed], now: datetime) -> Metadata[Targets]:
        """What the key of ``targets`` should sign next."""
        return self._next_targets({one.name: _target(one) for one in listed}, now)

    def roles(self) -> list[RoleState]:
        """Of all four, as they stand now; empty before the first pack."""
        root: Metadata[Root] | None = self.newest("root")
        if root is None:
            return []
        found = []
        for role in ROLES:
            metadata = self._timestamp() if role == "timestamp" else self.newest(role)
            named = root.signed.roles[role]
            found.append(
                RoleState(
                    role=role,
                    version=0 if metadata is None else metadata.signed.version,
                    expires=None if metadata is None else metadata.signed.expires,
                    threshold=named.threshold,
                    key_ids=tuple(named.keyids),
                    online=self._signer(role) is not None,
                )
            )
        return found

    def ending(self, now: datetime) -> list[RoleState]:
        """Roles that must be signed elsewhere soon, or their kiosks take no new pack."""
        return [
            one
            for one in self.roles()
            if not one.online and one.expires is not None and one.expires - now < WARN_BEFORE
        ]

    def leap(self, ahead: int, now: datetime) -> None:
        """Signs what is listed anew, ``ahead`` versions further on: kiosks refuse what is older than they have seen."""
        targets: Metadata[Targets] | None = self.newest("targets")
        snapshot: Metadata[Snapshot] | None = self.newest("snapshot")
        timestamp = self._timestamp()
        if targets is None or snapshot is None or timestamp is None:
            return
        version = targets.signed.version + ahead
        listed = Targets(version=version, expires=_end(now, TARGETS_LIFE), targets=targets.signed.targets)
        self._write("targets", Metadata(listed))
        meta = {"targets.json": MetaFile(version=version)}
        version = snapshot.signed.version + ahead
        self._write("snapshot", Metadata(Snapshot(version=version, expires=_end(now, SNAPSHOT_LIFE), meta=meta)))
        signed = Timestamp(
            version=timestamp.signed.version + ahead,
            expires=_end(now, TIMESTAMP_LIFE),
            snapshot_meta=MetaFile(version=version),
        )
        self._write("timestamp", Metadata(signed))

    def root(self) -> bytes:
        """The newest root: what a kiosk is given at enrolment."""
        return (self._folder / f"{self._newest_version('root')}.root.json").read_bytes()

    def metadata_path(self, name: str) -> Path | None:
        path = self._folder / name
        return path if _METADATA_NAME.fullmatch(name) and path.exists() else None

    def _make_root(self, now: datetime) -> None:
        """At the first start, with a key made for each role."""
        if self._newest_version("root"):
            return
        root = Root(version=1, expires=_end(now, ROOT_LIFE), consistent_snapshot=True)
        signers = {role: _make_signer(self._key_file(role)) for role in ROLES}
        for role, signer in signers.items():
            root.add_key(signer.public_key, role)
        metadata = Metadata(root)
        metadata.sign(signers["root"])
        self._write("root", metadata)

    def _renew_root(self, now: datetime) -> None:
        root: Metadata[Root] | None = self.newest("root")
        signer = self._signer("root")
        if root is None or signer is None or not _ageing(root.signed.expires, ROOT_LIFE, now):
            return
        renewed = next_root(root, now)
        renewed.sign(signer)
        self._write("root", renewed)

    def _next_targets(self, targets: dict[str, TargetFile], now: datetime) -> Metadata[Targets]:
        version = self._newest_version("targets") + 1
        return Metadata(Targets(version=version, expires=_end(now, TARGETS_LIFE), targets=targets))

    def _sign_targets(self, targets: dict[str, TargetFile], now: datetime) -> None:
        metadata = self._next_targets(targets, now)
        self._sign("targets", metadata)
        self._sign_snapshot(metadata.signed.version, now)

    def _sign_snapshot(self, targets_version: int, now: datetime) -> None:
        version = self._newest_version("snapshot") + 1
        meta = {"targets.json": MetaFile(version=targets_version)}
        self._sign("snapshot", Metadata(Snapshot(version=version, expires=_end(now, SNAPSHOT_LIFE), meta=meta)))
        self._sign_timestamp(version, now)

    def _sign_timestamp(self, snapshot_version: int, now: datetime) -> None:
        before = self._timestamp()
        version = 1 if before is None else before.signed.version + 1
        signed = Timestamp(
            version=version, expires=_end(now, TIMESTAMP_LIFE), snapshot_meta=MetaFile(version=snapshot_version)
        )
        self._sign("timestamp", Metadata(signed))

    def _sign(self, role: str, metadata: Metadata[Any]) -> None:
        signer = self._signer(role)
        if signer is None:
            raise RoleOffline(f"the key of {role} is not in {self._keys}, or the root names another one")
        metadata.sign(signer)
        self._write(role, metadata)

    def _write(self, role: str, metadata: Metadata[Any]) -> None:
        name = "timestamp.json" if role == "timestamp" else f"{metadata.signed.version}.{role}.json"
        self._write_file(self._folder / name, metadata.to_bytes(JSONSerializer()))

    def newest(self, role: str) -> Metadata[Any] | None:
        """Of ``root``, ``targets`` or ``snapshot``."""
        version = self._newest_version(role)
        return Metadata.from_file(str(self._folder / f"{version}.{role}.json")) if version else None

    def _newest_version(self, role: str) -> int:
        return max((int(path.name.partition(".")[0]) for path in self._folder.glob(f"[0-9]*.{role}.json")), default=0)

    def _timestamp(self) -> Metadata[Timestamp] | None:
        path = self._folder / "timestamp.json"
        return Metadata.from_file(str(path)) if path.exists() else None

    def holds_key(self, role: str, root: Root) -> bool:
        """Whether a key that ``root`` names for the role lies here."""
        path = self._key_file(role)
        return path.exists() and read_signer(path).public_key.keyid in root.roles[role].keyids

    def _signer(self, role: str) -> CryptoSigner | None:
        """None when the key lies elsewhere, is one that the root names no more, or cannot sign alone."""
        root: Metadata[Root] | None = self.newest("root")
        if root is None or not self.holds_key(role, root.signed) or root.signed.roles[role].threshold > 1:
            return None
        return read_signer(self._key_file(role))

    def _key_file(self, role: str) -> Path:
        return self._keys / f"tuf-{role}.key"


def next_root(root: Metadata[Root], now: datetime) -> Metadata[Root]:
    """The next version with the same keys, not signed yet."""
    copy = Metadata[Root].from_bytes(root.to_bytes())
    copy.signatures.clear()
    copy.signed.version += 1
    copy.signed.expires = _end(now, ROOT_LIFE)
    return copy


def read_signer(path: Path) -> CryptoSigner:
    """Raises OSError, and ValueError for what is no key."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


def _make_signer(path: Path) -> CryptoSigner:
    if not path.exists():
        make_folder(path.parent, mode=0o700)
        keep_secret(path, random_key())
    return read_signer(path)


def _target(one: Listed) -> TargetFile:
    return TargetFile(
        length=one.size,
        hashes={"sha256": one.sha256},
        path=one.name,
        unrecognized_fields={"custom": one.custom},
    )


def _end(now: datetime, life: timedelta) -> datetime:
    return (now + life).replace(microsecond=0)


def _ageing(expires: datetime, life: timedelta, now: datetime) -> bool:
    return expires - now < life * RENEW_AT
