"""Objections and reopenings: what is contested in a case, who decided it, and the citizen's words for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0050"
down_revision: str | None = "0054"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("contest", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("first_due_at", UtcDateTime(), nullable=True))
    op.add_column("cases", sa.Column("decided_by", sa.String(length=36), nullable=True))
    with op.batch_alter_table("case_messages") as batch:
        batch.alter_column(
            "direction", existing_type=sa.String(length=8), type_=sa.String(length=16), existing_nullable=False
        )


def downgrade() -> None:
    with op.batch_alter_table("case_messages") as batch:
        batch.alter_column(
            "direction", existing_type=sa.String(length=16), type_=sa.String(length=8), existing_nullable=False
        )
    op.drop_column("cases", "decided_by")
    op.drop_column("cases", "first_due_at")
    op.drop_column("cases", "contest")
