"""Ratings of visits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0010"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SCORES = (
    "overall",
    "requirements",
    "procedure",
    "time",
    "fee",
    "product",
    "competence",
    "behaviour",
    "complaints",
    "facilities",
)


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("hour", UtcDateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _SCORES),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_ratings_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", "id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_agency_id_service_id_hour"), "ratings", ["agency_id", "service_id", "hour"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ratings_agency_id_service_id_hour"), table_name="ratings")
    op.drop_table("ratings")
