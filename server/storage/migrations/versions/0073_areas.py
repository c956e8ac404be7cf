"""Areas of the city: kiosks stand in them, cases come from them, officers may be limited to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0073"
down_revision: str | None = "0072"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("name", name=op.f("uq_areas_name")),
    )
    op.create_table(
        "officer_areas",
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_areas_officer_id_officers")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_officer_areas_area_id_areas")),
        sa.PrimaryKeyConstraint("officer_id", "area_id", name=op.f("pk_officer_areas")),
    )
    op.create_index(op.f("ix_officer_areas_area_id"), "officer_areas", ["area_id"])
    for table in ("kiosks", "cases"):
        op.add_column(table, sa.Column("area_id", sa.String(length=36), nullable=True))
        op.create_index(op.f(f"ix_{table}_area_id"), table, ["area_id"])


def downgrade() -> None:
    for table in ("kiosks", "cases"):
        op.drop_index(op.f(f"ix_{table}_area_id"), table)
        op.drop_column(table, "area_id")
    op.drop_table("officer_areas")
    op.drop_table("areas")
