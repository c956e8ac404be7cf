"""What like pictures have in common."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0077"
down_revision: str | None = "0076"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "picture_marks",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True, comment="personal"),
        sa.PrimaryKeyConstraint("kiosk_id", "sha256", name="pk_picture_marks"),
    )


def downgrade() -> None:
    op.drop_table("picture_marks")
