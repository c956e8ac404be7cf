"""Work orders: what field staff are asked to do at a kiosk, by whom it was done, and what was used."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0070"
down_revision: str | None = "0069"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "work_orders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("alarm_id", sa.String(length=36), nullable=True),
        sa.Column("task", sa.String(length=500), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("visit_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("used", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_work_orders_kiosk_id"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_work_orders_alarm_id"),
        sa.PrimaryKeyConstraint("id", name="pk_work_orders"),
        sa.UniqueConstraint("number", name="uq_work_orders_number"),
    )
    op.create_index("ix_work_orders_kiosk_id_closed_at", "work_orders", ["kiosk_id", "closed_at"])
    op.create_index("ix_work_orders_closed_at_staff_id", "work_orders", ["closed_at", "staff_id"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_opened_at", "cases")
    op.drop_index("ix_work_orders_closed_at_staff_id", "work_orders")
    op.drop_index("ix_work_orders_kiosk_id_closed_at", "work_orders")
    op.drop_table("work_orders")
