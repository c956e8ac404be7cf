"""What like pictures have in common."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0077"
down_revision: str | None = "0076"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "picture_marks",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("looked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=True, comment="personal"),
        sa.PrimaryKeyConstraint("kiosk_id", "sha256", name="pk_picture_marks"),
    )
    waiting = sa.text("looked_at IS NULL")
    op.create_index(
        "ix_picture_marks_waiting",
        "picture_marks",
        ["kiosk_id", "sha256"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    # Those of before are looked at by and by.
    op.execute("INSERT INTO picture_marks (kiosk_id, sha256) SELECT kiosk_id, sha256 FROM attachments WHERE complete")


def downgrade() -> None:
    op.drop_table("picture_marks")
