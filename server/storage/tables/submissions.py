"""What comes up: sealed envelopes and attachments."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

submissions = Table(
    "submissions",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("kiosk_seq", Integer, nullable=False),
    Column("tracking_code", String(12), nullable=False, index=True),
    Column("service_id", String(64), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the sealed envelope
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("device_time", UtcDateTime, nullable=False),
    Column("boot_id", String(200), nullable=False),
    Column("complete", Boolean, nullable=False, default=False),  # every attachment is there and verified
    Index(None, "kiosk_id", "kiosk_seq"),
    # those that wait for their attachments, the oldest first
    Index(
        "ix_submissions_incomplete",
        "received_at",
        sqlite_where=text("NOT complete"),
        postgresql_where=text("NOT complete"),
    ),
)

rejections = Table(
    "rejections",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("submission_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("status", String(16), nullable=False),  # rejected, conflict
    Column("reason", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

#: Items that were refused, as they came, for whoever can mend the cause; without ``item`` once somebody threw it away.
quarantine = Table(
    "quarantine",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("submission_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("item", LargeBinary),  # its JSON, gzipped; the envelope in it is sealed
    Column("size", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("kept_at", UtcDateTime, nullable=False, index=True),
    Column("tried_at", UtcDateTime),
)

attachments = Table(
    "attachments",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),  # of the sealed blob
    Column("size", Integer, nullable=False),
    Column("offset", Integer, nullable=False, default=0),  # durable bytes, as last written down
    Column("complete", Boolean, nullable=False, default=False),
    Column("completed_at", UtcDateTime),
)

submission_attachments = Table(
    "submission_attachments",
    metadata,
    Column("kiosk_id", String(36), primary_key=True),
    Column("submission_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", String(200), nullable=False),  # file name in the instance
    Column("media_type", String(200), nullable=False),
    Column("plain_sha256", String(64), nullable=False),
    ForeignKeyConstraint(["kiosk_id", "submission_id"], ["submissions.kiosk_id", "submissions.id"]),
    ForeignKeyConstraint(["kiosk_id", "sha256"], ["attachments.kiosk_id", "attachments.sha256"]),
    Index(None, "kiosk_id", "sha256"),
)
