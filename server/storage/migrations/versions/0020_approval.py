"""When and by whom a kiosk was approved, before which it gets nothing of the city. Those that are in the fleet stay in it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0020"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("approved_at", UtcDateTime()))
    op.add_column("kiosks", sa.Column("approved_by", sa.String(length=64)))
    op.execute("UPDATE kiosks SET approved_at = enrolled_at, approved_by = 'system'")


def downgrade() -> None:
    op.drop_column("kiosks", "approved_by")
    op.drop_column("kiosks", "approved_at")
