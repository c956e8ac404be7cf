"""What kiosks and field staff tell of themselves, and the alarms."""

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

visits = Table(
    "visits",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("actions", JSON, nullable=False),  # list of messages.VisitAction
    Column("note", String(2000), nullable=False, default=""),
    Column("received_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("received_at", UtcDateTime, primary_key=True),
    Column("device_time", UtcDateTime, nullable=False),
    Column("boot_id", String(200), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("in_service", Boolean, nullable=False),
    Column("outbox_waiting", Integer, nullable=False),
    Column("outbox_parked", Integer, nullable=False),
    Column("sessions_today", Integer, nullable=False),
    Column("paper_mm", Float),
)

component_history = Table(
    "component_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("component", String(64), nullable=False),
    Column("availability", String(16), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("detail", String(200), nullable=False, default=""),
    Column("since", UtcDateTime, nullable=False),  # by the kiosk's clock
    Column("at", UtcDateTime, nullable=False),  # when the server heard of it
    Index(None, "kiosk_id", "at"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("kind", String(32), nullable=False),  # alarms.AlarmKind
    Column("detail", String(200), nullable=False, default=""),
    Column("raised_at", UtcDateTime, nullable=False, index=True),
    Column("cleared_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", String(64)),
    # one open alarm of a kind for a kiosk
    Index(
        "uq_alarms_open",
        "kiosk_id",
        "kind",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    # those that are open, the newest first, without a look at all that ever were
    Index(
        "ix_alarms_open",
        "raised_at",
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    Index(None, "kiosk_id", "raised_at"),
)

kiosk_logs = Table(
    "kiosk_logs",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),  # of the command that asked for it
    Column("made_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("lines", JSON, nullable=False),  # list of texts, the oldest first
)

readiness_reports = Table(
    "readiness_reports",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("body", LargeBinary, nullable=False),  # a field.readiness.ReadinessReport, byte by byte as it was signed
    Column("signature", LargeBinary, nullable=False),  # Ed25519, by the kiosk's key
)

visit_photos = Table(
    "visit_photos",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("visit_id", String(36), primary_key=True),  # of ``visits``, which may come later
    Column("received_at", UtcDateTime, nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False, default="staff"),  # staff, supervisor
    Column("pin_hash", String(200), nullable=False),  # argon2id
    Column("badge_expires", Date),
    Column("active", Boolean, nullable=False, default=True),
)
