"""Which history a server tells: it goes another way after a restore, and kiosks hear of that by a name."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from server.storage.named_settings import read_setting, write_setting

_NAME: Final = "restored"


def current(connection: Connection) -> str:
    """The last restore's id; empty when this server never was restored."""
    return str(read_setting(connection, _NAME) or "")


def begin(connection: Connection, restore_id: str, by: str, now: datetime) -> None:
    write_setting(connection, _NAME, restore_id, by, now)
