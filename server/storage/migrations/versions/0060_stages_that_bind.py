"""Stages that bind: who may work at a case's stage; clocks of stages that are escalated; questions that remind and end."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0060"
down_revision: str | None = "0050"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNDECIDED = ("incomplete", "received", "in_review", "question")


def upgrade() -> None:
    op.add_column("cases", sa.Column("stage_by", sa.String(16), nullable=False, server_default="officers"))
    op.add_column("cases", sa.Column("barred", sa.String(36), nullable=True))
    op.add_column("cases", sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("stage_escalated_at", UtcDateTime(timezone=True), nullable=True))
    # Of decided cases nobody looked at the stage's clock, and it was never set anew.
    cases = sa.table("cases", sa.column("state", sa.String), sa.column("stage_due_at", UtcDateTime(timezone=True)))
    op.execute(cases.update().where(cases.c.state.not_in(_UNDECIDED)).values(stage_due_at=None))


def downgrade() -> None:
    for column in ("stage_escalated_at", "reminded_at", "paused_days", "barred", "stage_by"):
        op.drop_column("cases", column)
