"""Whether this server has the keys that the city's other servers have: keys are never in the database, but their marks are.

A mark is a hash of a key, from which nothing follows about it. The first server to start writes them down; one with other keys, or
without them, does not start: it would seal what nobody else can open, and refuse what kiosks sealed.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine

from protocol.messages import SealingKey
from server.catalogue.tuf import RoleState
from server.foundation.actors import OPERATOR, SYSTEM
from server.foundation.keys import AUDIT_KEY, CityKeys, KeyMissing
from server.keeper.client import KeeperAway
from server.storage.named_settings import read_setting, write_setting
from server.storage.transactions import take_turns
from server.work.unit_of_work import UnitsOfWork

SETTING: Final = "key_marks"
#: Their keys sign what kiosks fetch every day; those of the other roles may lie offline.
_ONLINE_ROLES: Final = ("snapshot", "timestamp")
_SEALING: Final = "sealing"
_COPY: Final = "copy the folder from another server of the city (see docs/grow.md)"


def refuse_missing(engine: Engine, folder: Path, audit_key: Path | None, *, sealing: bool) -> None:
    """Before keys are made: a city that has some has them elsewhere. ``sealing``: whether the sealing keys are in ``folder``.
    Raises KeyMissing."""
    with engine.connect() as connection:
        kept = read_setting(connection, SETTING)
    if kept is None:
        return
    wanted = ["badge.key", "vault.key", "nik.key", *([] if audit_key else [AUDIT_KEY])]
    missing = [name for name in wanted if not (folder / name).exists()]
    if sealing:
        missing += [f"sealing-{name}.key" for name in kept[_SEALING] if not (folder / f"sealing-{name}.key").exists()]
    if missing:
        raise KeyMissing(f"{folder} lacks {', '.join(missing)}, with which this database was filled: {_COPY}")


def agree(units: UnitsOfWork, keys: CityKeys) -> None:
    """Compares this server's keys with the marks, or writes them down when there are none yet. Raises KeyMissing."""
    own = _marks(keys)
    with units.begin(SYSTEM) as work:
        take_turns(work.connection, SETTING)
        kept = read_setting(work.connection, SETTING)
        if kept is not None:
            other = sorted(name for name, mark in own.items() if name != _SEALING and kept.get(name, mark) != mark)
            if other:
                raise KeyMissing(
                    f"the keys {', '.join(other)} are not those with which this database was filled: {_COPY}; "
                    "when a key was lost for good: python -m server accept-keys REASON"
                )
            if own[_SEALING] and (lost := sorted(set(kept[_SEALING]) - set(own[_SEALING]))):
                raise KeyMissing(f"the sealing keys {', '.join(lost)} are not here, and kiosks seal to them: {_COPY}")
        _note(work.connection, own, kept, work.now, SYSTEM.id)


def accept(units: UnitsOfWork, keys: CityKeys, reason: str) -> None:
    """This server's keys are the city's from now on: others were lost. Stays in the log for ever."""
    with units.begin(OPERATOR) as work:
        take_turns(work.connection, SETTING)
        sealing = sorted(one.key_id for one in keys.public_sealing_keys())
        write_setting(work.connection, SETTING, {**_marks(keys), _SEALING: sealing}, OPERATOR.id, work.now)
        work.audit("keys.accept", "server", {"reason": reason})


def refuse_without_pack_keys(roles: Sequence[RoleState]) -> None:
    """Raises KeyMissing."""
    missing = [f"tuf-{one.role}.key" for one in roles if one.role in _ONLINE_ROLES and not one.online]
    if missing:
        raise KeyMissing(f"{', '.join(missing)} are not here or are others, and packs could not be signed: {_COPY}")


def _marks(keys: CityKeys) -> dict[str, Any]:
    return {
        "badge": keys.badge_public.hex(),
        "audit": keys.audit_public.hex(),
        "vault": _mark(keys.vault),
        "nik": _mark(keys.nik),
        _SEALING: sorted(one.key_id for one in _sealing(keys)),
    }


def _sealing(keys: CityKeys) -> tuple[SealingKey, ...]:
    """Those of a keeper of another user are added when it is there."""
    try:
        return keys.public_sealing_keys()
    except KeeperAway:
        return ()


def _mark(key: bytes) -> str:
    return hashlib.blake2b(b"ekios mark of a key", key=key, digest_size=16).hexdigest()


def _note(connection: Connection, own: dict[str, Any], kept: Any, now: datetime, by: str) -> None:
    """Sealing keys are added to those that are known: one that was made while this server was alone."""
    sealing = sorted({*own[_SEALING], *(kept or {}).get(_SEALING, ())})
    if kept is None or sealing != kept[_SEALING]:
        write_setting(connection, SETTING, {**own, _SEALING: sealing}, by, now)
