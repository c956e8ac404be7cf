"""What field staff are asked to do at kiosks."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

work_orders = Table(
    "work_orders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # what people call it
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("alarm_id", ForeignKey("alarms.id")),  # what it came of; null: made by hand
    Column("task", String(500), nullable=False),
    Column("staff_id", String(64), nullable=False, default="", server_default=""),  # empty: whoever comes by
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(64), nullable=False, default="", server_default=""),  # staff:<id>, or an officer's id
    Column("visit_id", String(36)),  # of ``visits``, by which it was closed; null: by hand
    Column("note", String(500), nullable=False, default="", server_default=""),
    Column("used", JSON, nullable=False, default=dict),  # supplies by name, and how many
    Index(None, "kiosk_id", "closed_at"),
    Index(None, "closed_at", "staff_id"),
)
