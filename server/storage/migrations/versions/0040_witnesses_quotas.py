"""Kiosks as witnesses of the audit log, packs that kiosks refuse, quotas, and the cases that a kiosk was shown."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0040"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name, length in (("pack_problem", 200), ("witness_problem", 200), ("over_quota", 32)):
        op.add_column("kiosks", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    op.add_column("kiosks", sa.Column("witness", sa.JSON(), nullable=True))
    op.add_column("kiosks", sa.Column("over_quota_at", UtcDateTime(), nullable=True))
    op.create_table(
        "quotas",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("quota", sa.String(length=32), nullable=False),
        sa.Column("used_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "quota", name=op.f("pk_quotas")),
    )
    op.create_index(op.f("ix_quotas_used_until"), "quotas", ["used_until"])
    op.create_table(
        "case_lookups",
        sa.Column("kiosk_id", sa.String(length=36), nullable=False),
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_case_lookups_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", "tracking_code", name=op.f("pk_case_lookups")),
    )
    op.create_index(op.f("ix_case_lookups_at"), "case_lookups", ["at"])


def downgrade() -> None:
    op.drop_table("case_lookups")
    op.drop_table("quotas")
    for name in ("over_quota_at", "witness", "over_quota", "witness_problem", "pack_problem"):
        op.drop_column("kiosks", name)
