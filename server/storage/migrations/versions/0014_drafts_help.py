"""Drafts of citizens, and calls for help."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("lookup", sa.String(length=32), nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("proof_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_drafts_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_kiosk_id"), "drafts", ["kiosk_id"])
    op.create_index(op.f("ix_drafts_expires_at"), "drafts", ["expires_at"])
    op.create_table(
        "help_calls",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_help_calls_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", "id", name=op.f("pk_help_calls")),
    )


def downgrade() -> None:
    op.drop_table("help_calls")
    op.drop_index(op.f("ix_drafts_expires_at"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_kiosk_id"), table_name="drafts")
    op.drop_table("drafts")
