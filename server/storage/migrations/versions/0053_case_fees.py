"""What a case costs, worked out when it was opened."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0053"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("fee_rupiah", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "fee_rupiah")
