"""How cases are found, although their answers are sealed (decision 164)."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

case_terms = Table(
    "case_terms",
    metadata,
    Column("term", BigInteger, primary_key=True, autoincrement=False),  # Vault.term: keyed, of one agency
    Column("opened_at", UtcDateTime, primary_key=True),  # of the case: what is found is read newest first
    Column("tracking_code", ForeignKey("cases.tracking_code", ondelete="CASCADE"), primary_key=True),
    Index(None, "tracking_code", "term"),
)

picture_marks = Table(
    "picture_marks",
    metadata,
    Column("kiosk_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),  # of the sealed blob
    Column("looked_at", UtcDateTime),  # null: not yet
    Column("mark", LargeBinary, comment="personal"),  # perceptual hash, sealed with the vault; null: it has none
    Index(
        "ix_picture_marks_waiting",
        "kiosk_id",
        "sha256",
        postgresql_where=text("looked_at IS NULL"),
        sqlite_where=text("looked_at IS NULL"),
    ),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("officer_id", ForeignKey("officers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("filters", JSON, nullable=False),  # of web.office.filters
    Column("position", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
