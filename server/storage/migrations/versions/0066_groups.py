"""Groups of kiosks, and to whom a notice is said."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0066"
down_revision: str | None = "0063"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "kiosk_groups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_groups")),
    )
    op.create_table(
        "kiosk_group_members",
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kiosk_groups.id"], name=op.f("fk_kiosk_group_members_group_id_kiosk_groups")
        ),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_kiosk_group_members_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("group_id", "kiosk_id", name=op.f("pk_kiosk_group_members")),
    )
    op.create_index(op.f("ix_kiosk_group_members_kiosk_id"), "kiosk_group_members", ["kiosk_id"])
    op.add_column("notices", sa.Column("reach", sa.String(length=8), nullable=False, server_default="all"))
    op.add_column("notices", sa.Column("reach_id", sa.String(length=36), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("notices", "reach_id")
    op.drop_column("notices", "reach")
    op.drop_index(op.f("ix_kiosk_group_members_kiosk_id"), table_name="kiosk_group_members")
    op.drop_table("kiosk_group_members")
    op.drop_table("kiosk_groups")
