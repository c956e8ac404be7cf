"""The fleet: kiosks and how they join."""

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("kiosk_part", String(4), nullable=False, unique=True),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # see protocol.fingerprints; officers compare its beginning
    Column("name", String(200), nullable=False),
    Column("place", String(200), nullable=False, default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("area_id", String(36), index=True),  # null: in none
    Column("ring", String(8), nullable=False, default="all"),
    # at whose premises it stands; empty where it is the city's
    Column("agency_id", String(64), nullable=False, default="", server_default=""),
    # fleet.states.KioskState, as it was judged last
    Column("state", String(16), nullable=False, default="unapproved", server_default="unapproved"),
    Column("enrolled_at", UtcDateTime, nullable=False),
    # None: the kiosk waits, and gets nothing of the city
    Column("approved_at", UtcDateTime),
    Column("approved_by", String(64)),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String(64)),
    Column("hardware", JSON, nullable=False, default=dict),
    Column("feed_seq", Integer, nullable=False, default=0),  # newest cursor of the feed
    Column("feed_applied", Integer, nullable=False, default=0),  # as the kiosk reported
    Column("ack_through", Integer, nullable=False, default=0),
    # the newest heartbeat
    Column("last_heartbeat_at", UtcDateTime),
    Column("device_time", UtcDateTime),
    Column("boot_id", String(200)),
    Column("uptime_s", Float),
    Column("software", String(200), nullable=False, default=""),
    Column("protocol", Integer),
    Column("program", Integer),  # the release that it runs; 0: as it was installed, null: it does not say
    Column("pack_version", Integer),
    Column("in_service", Boolean),
    Column("components", JSON, nullable=False, default=list),  # list of messages.Component
    Column("outbox_waiting", Integer),
    Column("outbox_parked", Integer),
    Column("outbox_oldest_at", UtcDateTime),
    Column("outbox_reasons", JSON, nullable=False, default=dict, server_default="{}"),  # numbers by waiting.WaitReason
    Column("sessions_today", Integer),
    Column("last_touch_at", UtcDateTime),
    Column("disk_free_bytes", BigInteger),
    Column("pack_problem", String(200), nullable=False, default="", server_default=""),
    # what the kiosk has seen of the audit log
    Column("witness", JSON(none_as_null=True)),  # the highest checkpoint it ever showed: checkpoints.Checkpoint
    Column("witness_problem", String(200), nullable=False, default="", server_default=""),
    # the quota that it used up last, and when
    Column("over_quota", String(32), nullable=False, default="", server_default=""),
    Column("over_quota_at", UtcDateTime),
    # when a row of ``heartbeats`` was kept last
    Column("history_at", UtcDateTime),
    Index(None, "state", "name"),
)

#: Kiosks that get what all get and are watched: approved and not shut out.
IN_FLEET: Final = (kiosks.c.approved_at.is_not(None), kiosks.c.revoked_at.is_(None))

kiosk_groups = Table(
    "kiosk_groups",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

kiosk_group_members = Table(
    "kiosk_group_members",
    metadata,
    Column("group_id", ForeignKey("kiosk_groups.id"), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True, index=True),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("place", String(200), nullable=False, default=""),
    Column("ring", String(8), nullable=False, default="all"),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("kiosk_id", String(36)),
)

enrolment_attempts = Table(
    "enrolment_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("address", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
