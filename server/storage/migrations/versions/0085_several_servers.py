"""What several servers on one database agree on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0085"
down_revision: str | None = "0091"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "servers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_servers"),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("held_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("began_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )
    op.create_table(
        "shared_files",
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_shared_files"),
        sa.UniqueConstraint("edition", name="uq_shared_files_edition"),
    )
    incomplete = sa.text("NOT complete")
    op.create_index(
        "ix_submissions_incomplete",
        "submissions",
        ["received_at"],
        postgresql_where=incomplete,
        sqlite_where=incomplete,
    )


def downgrade() -> None:
    op.drop_index("ix_submissions_incomplete", table_name="submissions")
    op.drop_table("shared_files")
    op.drop_table("chores")
    op.drop_table("servers")
