"""Kiosks as witnesses of the audit log: what each has seen, kept beside it, and what it is offered next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, select

from protocol import checkpoints
from protocol.checkpoints import Checkpoint, Offer, Refusal, Restart, Witnessed
from server.audit import audit
from server.audit.proofs import LogTooShort, Proofs
from server.audit.verification import Statement
from server.storage import tables
from server.storage.named_settings import read_setting, write_setting

#: What a column of ``kiosks`` holds.
_COMPLAINT_CHARACTERS: Final = 200
RESTART_SETTING: Final = "audit_restart"
#: Beside the checkpoint in the column of a kiosk's row.
_RESTARTS: Final = "restarts"

_log = structlog.get_logger("server.audit.witnesses")


class Witnesses:
    def __init__(self, engine: Engine, public_key: bytes, city_key: bytes) -> None:
        """``public_key`` signs checkpoints; ``city_key`` is the seed that certifies it to kiosks."""
        self._engine = engine
        self._public_key = public_key
        self._city_key = city_key
        self._key = checkpoints.certify(public_key, city_key)
        self._proofs = Proofs(engine)

    def offers(self, witnessed: Sequence[Witnessed | None]) -> list[Offer | None]:
        """For each kiosk the newest checkpoint with its proof; None when it holds it, does not ask, or there is none.

        Takes a connection of its own. One that cannot be proved is offered all the same: the kiosk refuses it, and says so.
        """
        if not any(one is not None for one in witnessed):
            return [None] * len(witnessed)
        with self._engine.connect() as connection:
            newest = audit.latest_checkpoint(connection)
            stored = read_setting(connection, RESTART_SETTING)
        if newest is None:
            return [None] * len(witnessed)
        return [None if one is None else self._offer(one.held, newest.checkpoint, stored) for one in witnessed]

    def _offer(self, held: Checkpoint | None, point: Checkpoint, stored: Any) -> Offer | None:
        if held is not None and (held.size, held.root) == (point.size, point.root):
            return None
        restart = _restart(stored)
        return checkpoints.offer(
            point,
            self._key,
            self._proof_or_none(held, point),
            restart,
            self._proof_or_none(restart.checkpoint if restart is not None else None, point),
        )

    def _proof_or_none(self, old: Checkpoint | None, new: Checkpoint) -> list[bytes]:
        if old is None or old.size >= new.size:
            return []
        try:
            return self._proofs.consistency(old.size, new.size)
        except LogTooShort as error:
            _log.error("witnesses.log_too_short", problem=str(error))
            return []

    def restart(self, connection: Connection, point: Checkpoint, actor: str, now: datetime) -> None:
        """Says to every kiosk, once, that the log was set back, and that ``point`` heads what is left of it."""
        made = checkpoints.restart(point, self._city_key)
        write_setting(connection, RESTART_SETTING, made.model_dump(mode="json"), actor, now)

    def proof(self, old_size: int, size: int) -> list[bytes]:
        """For a witness outside. Raises IndexError and LogTooShort."""
        return self._proofs.consistency(old_size, size)

    def remember_all(
        self, connection: Connection, kiosks: Sequence[tuple[Row[Any], Witnessed | None]]
    ) -> dict[str, dict[str, Any]]:
        """Columns of each kiosk's row, by its id. The highest checkpoint that it ever showed stays, also when it lost its own."""
        size = connection.execute(select(tables.audit_tree.c.size)).scalar() or 0
        return {before.id: self._columns(before, witnessed, size) for before, witnessed in kiosks}

    def _columns(self, before: Row[Any], witnessed: Witnessed | None, size: int) -> dict[str, Any]:
        values: dict[str, Any] = {"witness": before.witness, "witness_problem": before.witness_problem}
        if witnessed is None:
            return values
        values["witness_problem"] = self._complaint(size, witnessed)
        held, kept = witnessed.held, _read(before.witness)
        let_go = witnessed.restarts > _restarts(before.witness)
        if held is not None and held.signed_by(self._public_key) and (kept is None or held.size >= kept.size or let_go):
            values["witness"] = {**held.model_dump(mode="json"), _RESTARTS: witnessed.restarts}
        return values

    def statements(self, connection: Connection) -> list[Statement]:
        """Of every kiosk that has seen a checkpoint, also of those that were shut out since."""
        kiosks = tables.kiosks.c
        rows = connection.execute(
            select(kiosks.name, kiosks.witness, kiosks.witness_problem).where(kiosks.witness.is_not(None))
        )
        return [
            Statement(row.name, held, row.witness_problem, _restarts(row.witness))
            for row in rows
            if (held := _read(row.witness)) is not None
        ]

    def _complaint(self, size: int, witnessed: Witnessed) -> str:
        """What the kiosk refused, or what the server sees by itself: a kiosk that knows more than the log has."""
        if witnessed.refusal is not None:
            refused = witnessed.refused.size if witnessed.refused is not None else 0
            return f"{witnessed.refusal.value} {refused}"[:_COMPLAINT_CHARACTERS]
        held = witnessed.held
        if held is None or not held.signed_by(self._public_key):
            return ""
        return f"{Refusal.SHRUNK.value} {size}" if size < held.size else ""


def _restarts(value: Any) -> int:
    return int(value.get(_RESTARTS, 0)) if isinstance(value, dict) else 0


def _restart(value: Any) -> Restart | None:
    try:
        return Restart.model_validate(value) if value is not None else None
    except ValidationError:
        return None


def _read(value: Any) -> Checkpoint | None:
    try:
        return Checkpoint.model_validate(value) if value is not None else None
    except ValidationError:
        return None
