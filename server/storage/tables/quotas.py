"""How much kiosks and people have used of what they may, and which cases a kiosk was shown."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

quotas = Table(
    "quotas",
    metadata,
    Column("subject", String(64), primary_key=True),  # a kiosk's id, or the HMAC of a NIK; never a NIK
    Column("quota", String(32), primary_key=True),  # quotas.Quota
    Column("used_until", UtcDateTime, nullable=False, index=True),  # when all of it will be there again
)

case_lookups = Table(
    "case_lookups",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("tracking_code", String(12), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)
