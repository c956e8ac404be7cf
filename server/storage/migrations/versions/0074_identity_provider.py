"""Who an officer is at the city's identity provider."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0074"
down_revision: str | None = "0073"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COLUMNS = ("provider_claim", "provider_subject")


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("officers", sa.Column(column, sa.String(length=255), nullable=True))
        op.create_index(op.f(f"ix_officers_{column}"), "officers", [column], unique=True)


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_index(op.f(f"ix_officers_{column}"), "officers")
        op.drop_column("officers", column)
