"""The TUF repository of packs, with python-tuf: four roles, consistent snapshots, from a folder.

``root`` is good for years and made once; ``targets`` and ``snapshot`` are signed anew with each pack, ``timestamp``
also when it nears its end. Kiosks that see expired metadata keep the last pack they verified.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from server.files import make_folder, write_durably
from server.keys import KEY_BYTES, keep_secret

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
ROOT_LIFE: Final = timedelta(days=3650)
TARGETS_LIFE: Final = timedelta(days=365)
SNAPSHOT_LIFE: Final = timedelta(days=365)
TIMESTAMP_LIFE: Final = timedelta(days=7)
#: Metadata are renewed when less than this part of their life is left.
RENEW_AT: Final = 0.5
_METADATA_NAME: Final = re.compile(r"(\d{1,9}\.(root|targets|snapshot)|timestamp)\.json")


@dataclass(frozen=True)
class Listed:
    """A target file: its name, hash, size in bytes and the members that the signature binds."""

    name: str
    sha256: str
    size: int
    custom: dict[str, Any]


class TufRepository:
    """Only one process at a time may call ``publish`` and ``renew``; reading is free."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self._folder = folder
        make_folder(folder)
        self._signers = {role: _signer(keys / f"tuf-{role}.key") for role in ROLES}

    def publish(self, listed: Sequence[Listed], now: datetime) -> bool:
        """Makes the metadata list exactly ``listed``; False when they did already (they are renewed if need be)."""
        self._make_root(now)
        targets: Metadata[Targets] | None = self._newest("targets")
        wanted = {one.name: _target(one) for one in listed}
        if targets is not None and targets.signed.targets == wanted:
            self.renew(now)
            return False
        version = 1 if targets is None else targets.signed.version + 1
        signed = Targets(version=version, expires=_end(now, TARGETS_LIFE), targets=wanted)
        self._write("targets", Metadata(signed))
        self._sign_snapshot(version, now)
        return True

    def renew(self, now: datetime) -> None:
        """Signs anew what has less than RENEW_AT of its life left."""
        targets: Metadata[Targets] | None = self._newest("targets")
        snapshot: Metadata[Snapshot] | None = self._newest("snapshot")
        timestamp = self._timestamp()
        if targets is None or snapshot is None or timestamp is None:
            return
        if _ageing(targets.signed.expires, TARGETS_LIFE, now):
            signed = Targets(
                version=targets.signed.version + 1,
                expires=_end(now, TARGETS_LIFE),
                targets=targets.signed.targets,
            )
            self._write("targets", Metadata(signed))
            self._sign_snapshot(signed.version, now)
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

    def root(self) -> bytes:
        """The first root: what a kiosk is given at enrolment."""
        return (self._folder / "1.root.json").read_bytes()

    def metadata_path(self, name: str) -> Path | None:
        path = self._folder / name
        return path if _METADATA_NAME.fullmatch(name) and path.exists() else None

    def _make_root(self, now: datetime) -> None:
        if (self._folder / "1.root.json").exists():
            return
        root = Root(version=1, expires=_end(now, ROOT_LIFE), consistent_snapshot=True)
        for role, signer in self._signers.items():
            root.add_key(signer.public_key, role)
        self._write("root", Metadata(root))

    def _sign_snapshot(self, targets_version: int, now: datetime) -> None:
        before = self._newest("snapshot")
        version = 1 if before is None else before.signed.version + 1
        meta = {"targets.json": MetaFile(version=targets_version)}
        self._write("snapshot", Metadata(Snapshot(version=version, expires=_end(now, SNAPSHOT_LIFE), meta=meta)))
        self._sign_timestamp(version, now)

    def _sign_timestamp(self, snapshot_version: int, now: datetime) -> None:
        before = self._timestamp()
        version = 1 if before is None else before.signed.version + 1
        signed = Timestamp(
            version=version, expires=_end(now, TIMESTAMP_LIFE), snapshot_meta=MetaFile(version=snapshot_version)
        )
        self._write("timestamp", Metadata(signed))

    def _write(self, role: str, metadata: Metadata[Any]) -> None:
        metadata.sign(self._signers[role])
        name = "timestamp.json" if role == "timestamp" else f"{metadata.signed.version}.{role}.json"
        write_durably(self._folder / name, metadata.to_bytes(JSONSerializer()))

    def _newest(self, role: str) -> Metadata[Any] | None:
        versions = [int(path.name.partition(".")[0]) for path in self._folder.glob(f"[0-9]*.{role}.json")]
        if not versions:
            return None
        return Metadata.from_file(str(self._folder / f"{max(versions)}.{role}.json"))

    def _timestamp(self) -> Metadata[Timestamp] | None:
        path = self._folder / "timestamp.json"
        return Metadata.from_file(str(path)) if path.exists() else None


def _signer(path: Path) -> CryptoSigner:
    if not path.exists():
        make_folder(path.parent, mode=0o700)
        keep_secret(path, secrets.token_bytes(KEY_BYTES))
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


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
