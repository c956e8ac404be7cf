"""Agencies have a head, to whom late cases are escalated when there is no supervisor."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0061"
down_revision: str | None = "0060"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("head_id", sa.String(36), nullable=True))


def downgrade() -> None:
    op.drop_column("agencies", "head_id")
