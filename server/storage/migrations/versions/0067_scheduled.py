"""Drafts that are published on a day, to which rings, and why one was not."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0067"
down_revision: str | None = "0066"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("form_drafts", sa.Column("publish_at", UtcDateTime(), nullable=True))
    op.add_column("form_drafts", sa.Column("publish_rings", sa.JSON(), nullable=True))
    op.add_column("form_drafts", sa.Column("publish_note", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("form_drafts", sa.Column("publish_by", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("form_drafts", sa.Column("publish_problem", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("publish_problem", "publish_by", "publish_note", "publish_rings", "publish_at"):
        op.drop_column("form_drafts", name)
