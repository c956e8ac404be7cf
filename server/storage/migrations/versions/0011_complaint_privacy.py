"""Whether anybody may know who complains."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("privacy", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("cases", "privacy")
