"""Why items wait at a kiosk, as its newest heartbeat counted them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0090"
down_revision: str | None = "0077"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("outbox_reasons", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("kiosks", "outbox_reasons")
