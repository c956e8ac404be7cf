"""Notices that can be ended, and when a late case was raised to its agency's supervisors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("escalated_at", UtcDateTime()))
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_column("cases", "escalated_at")
