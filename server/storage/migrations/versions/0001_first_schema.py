"""The first schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
    )
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_actor"), "audit_log", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_object"), "audit_log", ["object"], unique=False)
    op.create_table(
        "audit_tree",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_tree")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "enrolment_attempts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_attempts")),
    )
    op.create_index(op.f("ix_enrolment_attempts_at"), "enrolment_attempts", ["at"], unique=False)
    op.create_table(
        "enrolment_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("ring", sa.String(length=8), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("kiosk_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment_codes")),
    )
    op.create_table(
        "form_drafts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_type", sa.String(length=8), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("form_xml", sa.Text(), nullable=True),
        sa.Column("resources", sa.LargeBinary(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_pack", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_drafts")),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "kiosks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kiosk_part", sa.String(length=4), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("ring", sa.String(length=8), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.Column("hardware", sa.JSON(), nullable=False),
        sa.Column("feed_seq", sa.Integer(), nullable=False),
        sa.Column("feed_applied", sa.Integer(), nullable=False),
        sa.Column("ack_through", sa.Integer(), nullable=False),
        sa.Column("last_heartbeat_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("device_time", UtcDateTime(timezone=True), nullable=True),
        sa.Column("boot_id", sa.String(length=200), nullable=True),
        sa.Column("uptime_s", sa.Float(), nullable=True),
        sa.Column("software", sa.String(length=200), nullable=False),
        sa.Column("protocol", sa.Integer(), nullable=True),
        sa.Column("pack_version", sa.Integer(), nullable=True),
        sa.Column("in_service", sa.Boolean(), nullable=True),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("outbox_waiting", sa.Integer(), nullable=True),
        sa.Column("outbox_parked", sa.Integer(), nullable=True),
        sa.Column("outbox_oldest_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("sessions_today", sa.Integer(), nullable=True),
        sa.Column("last_touch_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("disk_free_bytes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("kiosk_part", name=op.f("uq_kiosks_kiosk_part")),
        sa.UniqueConstraint("number", name=op.f("uq_kiosks_number")),
    )
    op.create_table(
        "nonces",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("nonce", sa.String(length=100), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kiosk_id", "nonce", name=op.f("pk_nonces")),
    )
    op.create_index(op.f("ix_nonces_expires_at"), "nonces", ["expires_at"], unique=False)
    op.create_table(
        "packs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rings", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("content_of", sa.Integer(), nullable=True),
        sa.Column("announced_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_packs")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("badge_expires", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("raised_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_alarms_kiosk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_raised_at"), "alarms", ["raised_at"], unique=False)
    op.create_index(
        "uq_alarms_open",
        "alarms",
        ["kiosk_id", "kind"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "attachments",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("completed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_attachments_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "sha256", name=op.f("pk_attachments")),
    )
    op.create_table(
        "commands",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("result_ok", sa.Boolean(), nullable=True),
        sa.Column("result_message", sa.String(length=200), nullable=True),
        sa.Column("result_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_commands_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "id", name=op.f("pk_commands")),
    )
    op.create_table(
        "component_history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("availability", sa.String(length=16), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_component_history_kiosk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component_history")),
    )
    op.create_index(op.f("ix_component_history_kiosk_id_at"), "component_history", ["kiosk_id", "at"], unique=False)
    op.create_table(
        "feed",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_feed_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "n", name=op.f("pk_feed")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("device_time", UtcDateTime(timezone=True), nullable=False),
        sa.Column("boot_id", sa.String(length=200), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("in_service", sa.Boolean(), nullable=False),
        sa.Column("outbox_waiting", sa.Integer(), nullable=False),
        sa.Column("outbox_parked", sa.Integer(), nullable=False),
        sa.Column("sessions_today", sa.Integer(), nullable=False),
        sa.Column("paper_mm", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_heartbeats_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "received_at", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_officers_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("user_name", name=op.f("uq_officers_user_name")),
    )
    op.create_index(op.f("ix_officers_agency_id"), "officers", ["agency_id"], unique=False)
    op.create_table(
        "rejections",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_rejections_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "submission_id", "sha256", name=op.f("pk_rejections")),
    )
    op.create_table(
        "service_versions",
        sa.Column("pack_number", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_service_versions_agency_id")),
        sa.ForeignKeyConstraint(["pack_number"], ["packs.number"], name=op.f("fk_service_versions_pack_number")),
        sa.PrimaryKeyConstraint("pack_number", "service_id", name=op.f("pk_service_versions")),
    )
    op.create_table(
        "submissions",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("kiosk_seq", sa.Integer(), nullable=False),
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("device_time", UtcDateTime(timezone=True), nullable=False),
        sa.Column("boot_id", sa.String(length=200), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_submissions_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_kiosk_id_kiosk_seq"), "submissions", ["kiosk_id", "kiosk_seq"], unique=False)
    op.create_index(op.f("ix_submissions_tracking_code"), "submissions", ["tracking_code"], unique=False)
    op.create_table(
        "visits",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("began_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_visits_kiosk_id")),
        sa.PrimaryKeyConstraint("kiosk_id", "id", name=op.f("pk_visits")),
    )
    op.create_table(
        "cases",
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.String(length=64), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("violations", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="personal"),
        sa.Column("nik_index", sa.String(length=64), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_cases_agency_id")),
        sa.ForeignKeyConstraint(
            ["kiosk_id", "submission_id"],
            ["submissions.kiosk_id", "submissions.id"],
            name=op.f("fk_cases_kiosk_id_submission_id"),
        ),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_cases_kiosk_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_cases_officer_id")),
        sa.PrimaryKeyConstraint("tracking_code", name=op.f("pk_cases")),
    )
    op.create_index(
        op.f("ix_cases_agency_id_state_opened_at"), "cases", ["agency_id", "state", "opened_at"], unique=False
    )
    op.create_index(op.f("ix_cases_kiosk_id"), "cases", ["kiosk_id"], unique=False)
    op.create_index(op.f("ix_cases_nik_index"), "cases", ["nik_index"], unique=False)
    op.create_index(op.f("ix_cases_officer_id"), "cases", ["officer_id"], unique=False)
    op.create_table(
        "submission_attachments",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("plain_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk_id", "sha256"],
            ["attachments.kiosk_id", "attachments.sha256"],
            name=op.f("fk_submission_attachments_kiosk_id_sha256"),
        ),
        sa.ForeignKeyConstraint(
            ["kiosk_id", "submission_id"],
            ["submissions.kiosk_id", "submissions.id"],
            name=op.f("fk_submission_attachments_kiosk_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("kiosk_id", "submission_id", "sha256", name=op.f("pk_submission_attachments")),
    )
    op.create_index(
        op.f("ix_submission_attachments_kiosk_id_sha256"),
        "submission_attachments",
        ["kiosk_id", "sha256"],
        unique=False,
    )
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_web_sessions_officer_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_officer_id"), "web_sessions", ["officer_id"], unique=False)
    op.create_table(
        "case_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("kiosk_id", sa.String(length=36), nullable=True),
        sa.Column("submission_id", sa.String(length=36), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="personal"),
        sa.ForeignKeyConstraint(
            ["tracking_code"], ["cases.tracking_code"], name=op.f("fk_case_messages_tracking_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_messages")),
    )
    op.create_index(op.f("ix_case_messages_tracking_code"), "case_messages", ["tracking_code"], unique=False)
    op.create_table(
        "case_steps",
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["tracking_code"], ["cases.tracking_code"], name=op.f("fk_case_steps_tracking_code")),
        sa.PrimaryKeyConstraint("tracking_code", "n", name=op.f("pk_case_steps")),
    )
    audit_tree = sa.table(
        "audit_tree",
        sa.column("id", sa.Integer()),
        sa.column("size", sa.Integer()),
        sa.column("peaks", sa.LargeBinary()),
    )
    op.bulk_insert(audit_tree, [{"id": 1, "size": 0, "peaks": b""}])


def downgrade() -> None:
    op.drop_table("case_steps")
    op.drop_index(op.f("ix_case_messages_tracking_code"), table_name="case_messages")
    op.drop_table("case_messages")
    op.drop_index(op.f("ix_web_sessions_officer_id"), table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_index(op.f("ix_submission_attachments_kiosk_id_sha256"), table_name="submission_attachments")
    op.drop_table("submission_attachments")
    op.drop_index(op.f("ix_cases_officer_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_nik_index"), table_name="cases")
    op.drop_index(op.f("ix_cases_kiosk_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_agency_id_state_opened_at"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("visits")
    op.drop_index(op.f("ix_submissions_tracking_code"), table_name="submissions")
    op.drop_index(op.f("ix_submissions_kiosk_id_kiosk_seq"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_table("service_versions")
    op.drop_table("rejections")
    op.drop_index(op.f("ix_officers_agency_id"), table_name="officers")
    op.drop_table("officers")
    op.drop_table("heartbeats")
    op.drop_table("feed")
    op.drop_index(op.f("ix_component_history_kiosk_id_at"), table_name="component_history")
    op.drop_table("component_history")
    op.drop_table("commands")
    op.drop_table("attachments")
    op.drop_index(
        "uq_alarms_open",
        table_name="alarms",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_index(op.f("ix_alarms_raised_at"), table_name="alarms")
    op.drop_table("alarms")
    op.drop_table("staff")
    op.drop_table("settings")
    op.drop_table("packs")
    op.drop_index(op.f("ix_nonces_expires_at"), table_name="nonces")
    op.drop_table("nonces")
    op.drop_table("kiosks")
    op.drop_table("holidays")
    op.drop_table("form_drafts")
    op.drop_table("enrolment_codes")
    op.drop_index(op.f("ix_enrolment_attempts_at"), table_name="enrolment_attempts")
    op.drop_table("enrolment_attempts")
    op.drop_table("checkpoints")
    op.drop_table("audit_tree")
    op.drop_index(op.f("ix_audit_log_object"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_at"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_actor"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_table("agencies")
