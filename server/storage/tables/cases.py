"""What the server makes of submissions."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

cases = Table(
    "cases",
    metadata,
    Column("tracking_code", String(12), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("submission_id", String(36), nullable=False),
    Column("service_id", String(64), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("area_id", String(36), index=True),  # where its kiosk stood when it came; null: in none
    Column("pack_version", Integer, nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # messages.CasePublicState
    Column("stage", String(64), nullable=False),  # id of a stage of the service's workflow
    Column("officer_id", ForeignKey("officers.id"), index=True),
    Column("opened_at", UtcDateTime, nullable=False),  # received
    Column("made_at", UtcDateTime, nullable=False),  # by the kiosk's clock
    Column("updated_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # keeps its value while the clock is paused and after the decision
    Column("stage_due_at", UtcDateTime),  # null where no clock runs at the stage
    Column("stage_by", String(16), nullable=False, default="officers", server_default="officers"),  # packs.StageWorkers
    Column("barred", String(36)),  # the officer who may not work at the stage: four eyes
    Column("paused_at", UtcDateTime),  # since when the clock stands
    Column("paused_days", Integer, nullable=False, default=0, server_default="0"),  # working days by which it stood
    Column("reminded_at", UtcDateTime),  # of the question that waits: when the citizen was reminded
    Column("escalated_at", UtcDateTime),  # since when its supervisors know that it is late
    Column("stage_escalated_at", UtcDateTime),  # the same of its stage
    Column("closed_at", UtcDateTime),
    Column("complete", Boolean, nullable=False, default=False),
    Column("note", String(2000), nullable=False, default=""),  # what the office tells the citizen; public
    Column("violations", JSON, nullable=False, default=list),  # list of {ref, kind} of forms' check
    Column("content", LargeBinary, nullable=False, comment="personal"),  # messages.Content, sealed with the vault
    Column("nik_index", String(64), index=True),  # HMAC of the NIK; null where nobody may search for it
    Column("privacy", String(16), nullable=False, default="", server_default=""),  # anonymous, secret: of a complaint
    Column("fee_rupiah", BigInteger),  # worked out here; null where only the office can say, and of older cases
    Column("kind", String(16), nullable=False, default="service", server_default="service"),  # protocol's ServiceKind
    Column("classification", String(64), nullable=False, default="", server_default=""),  # of a complaint: its choice
    Column("topic", String(64), nullable=False, default="", server_default=""),  # of a complaint: its choice
    Column("in_charge_since", UtcDateTime),  # of a complaint: since when the agency in charge has it
    Column("contest", String(16), nullable=False, default="", server_default=""),  # messages.Contest, while it is open
    # Of a contested case and of a complaint: what was promised at first, for published times.
    Column("first_due_at", UtcDateTime),
    Column("decided_by", String(36)),  # the officer who decided last
    Column("steps", Integer, nullable=False, default=0),  # rows in case_steps; also the version for locking
    ForeignKeyConstraint(["kiosk_id", "submission_id"], ["submissions.kiosk_id", "submissions.id"]),
    Index(None, "agency_id", "state", "opened_at"),
    Index(None, "kind", "opened_at"),
    Index(None, "opened_at"),
)

case_steps = Table(
    "case_steps",
    metadata,
    Column("tracking_code", ForeignKey("cases.tracking_code"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(20), nullable=False),  # open, take, ask, answer, approve, reject, advance, ready, ...
    Column("state", String(16), nullable=False),  # after the step
    Column("stage", String(64), nullable=False),
    Column("actor", String(64), nullable=False),  # officer id, "kiosk:<id>", "system"
    Column("note", String(2000), nullable=False, default=""),  # public
)

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", String(36), primary_key=True),  # of an answer: its submission's id
    Column("tracking_code", ForeignKey("cases.tracking_code"), nullable=False, index=True),
    Column("direction", String(16), nullable=False),  # ask, answer, objection, reopening
    Column("at", UtcDateTime, nullable=False),
    Column("officer_id", String(36)),
    Column("kiosk_id", String(36)),  # where it was answered
    Column("submission_id", String(36)),  # of an answer: its attachments hang there
    Column("body", LargeBinary, nullable=False, comment="personal"),  # UTF-8 text, sealed with the vault
)
