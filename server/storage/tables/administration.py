"""What administrators set, and the audit log."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(64), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("text", JSON, nullable=False),  # by language
    Column("until", UtcDateTime, nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    # to whom: all, a group or a kiosk, and its id
    Column("reach", String(8), nullable=False, default="all", server_default="all"),
    Column("reach_id", String(36), nullable=False, default="", server_default=""),
)

holidays = Table(
    "holidays",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("working", Boolean, nullable=False, default=False),  # true: worked although the calendar says holiday
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # from 0, gapless: the leaf's index
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(64), nullable=False, index=True),  # officer id, "kiosk:<id>", "system", "operator"
    Column("action", String(64), nullable=False),  # "case.take", "case.read", "pack.publish", ...
    Column("object", String(100), nullable=False, index=True),  # "case:<code>", "kiosk:<id>", ...
    Column("details", JSON, nullable=False),  # without personal data
    Column("leaf_hash", LargeBinary(32), nullable=False),
)

audit_tree = Table(
    "audit_tree",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("size", Integer, nullable=False),
    Column("peaks", LargeBinary, nullable=False),  # 32 bytes each, largest subtree first
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(200), nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),  # Ed25519 over checkpoints.text
)
