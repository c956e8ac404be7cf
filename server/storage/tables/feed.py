"""What goes down: feeds, commands, and the signatures seen."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

feed = Table(
    "feed",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("type", String(16), nullable=False),  # messages.FeedType
    Column("at", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("result_ok", Boolean),  # null until the kiosk reported
    Column("result_message", String(200)),
    Column("result_at", UtcDateTime),
)

nonces = Table(
    "nonces",
    metadata,
    Column("kiosk_id", String(36), primary_key=True),
    Column("nonce", String(100), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
