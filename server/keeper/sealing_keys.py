"""The city's sealing keys: each private half in a file of its own, ``sealing-<key id>.key``, which only the keeper reads.

Its public half stands in ``sealing-<key id>.pub`` beside it, for whoever tells kiosks what to seal to. The newest is used,
older ones stay: an outbox may hold envelopes that were sealed to them.
"""

import os
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey

from protocol.sealing import key_id
from runtime.files import make_folder
from server.keeper.key_files import keep_secret

PRIVATE: Final = "sealing-*.key"
_PUBLIC: Final = "sealing-*.pub"


class PrivateSealingKeys:
    """For the keeper's process alone. Another one may have made a newer key."""

    def __init__(self, folder: Path) -> None:
        """Makes the first key where there is none, and public halves that are missing. Raises OSError."""
        self._folder = folder
        make_folder(folder, mode=0o700)
        if not any(folder.glob(PRIVATE)):
            _make(folder)
        self._keys = _read(folder)
        for name, private in self._keys.items():
            _publish(folder, name, private)

    def get(self, name: str) -> bytes | None:
        """The private key of a key id; looked for on disk when it is not known yet."""
        if name not in self._keys and name.isalnum() and (self._folder / f"sealing-{name}.key").exists():
            self._keys = _read(self._folder)
        return self._keys.get(name)

    def public(self) -> list[tuple[str, bytes]]:
        """As :func:`public_halves`."""
        return public_halves(self._folder)

    def make(self) -> str:
        """A new key that everything is sealed to from now on; its id."""
        name = _make(self._folder)
        self._keys = _read(self._folder)
        _publish(self._folder, name, self._keys[name])
        return name


def public_halves(folder: Path) -> list[tuple[str, bytes]]:
    """Key ids and public keys, the one to seal to first."""
    return [(path.stem.removeprefix("sealing-"), path.read_bytes()) for path in _newest_first(folder, _PUBLIC)]


def complete(folder: Path) -> bool:
    """Whether there is a key, and the public half of each."""
    private, public = ({path.stem for path in folder.glob(kind)} for kind in (PRIVATE, _PUBLIC))
    return bool(public) and private <= public


def _make(folder: Path) -> str:
    private = PrivateKey.generate()
    name = key_id(bytes(private.public_key))
    keep_secret(folder / f"sealing-{name}.key", bytes(private))
    return name


def _publish(folder: Path, name: str, private: bytes) -> None:
    made, public = folder / f"sealing-{name}.key", folder / f"sealing-{name}.pub"
    if public.exists():
        return
    keep_secret(public, bytes(PrivateKey(private).public_key))
    # Which one is the newest is told by their times.
    times = made.stat()
    os.utime(public, ns=(times.st_atime_ns, times.st_mtime_ns))


def _read(folder: Path) -> dict[str, bytes]:
    return {path.stem.removeprefix("sealing-"): path.read_bytes() for path in _newest_first(folder, PRIVATE)}


def _newest_first(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(kind), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
