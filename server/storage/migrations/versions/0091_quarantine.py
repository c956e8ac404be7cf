"""Refused items that are kept until somebody has mended the cause, or thrown them away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0091"
down_revision: str | None = "0090"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "quarantine",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_quarantine_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", "submission_id", "sha256", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_kept_at"), "quarantine", ["kept_at"])


def downgrade() -> None:
    op.drop_table("quarantine")
