"""Lists read from indices of their order; headlines for their rows; keyed terms for the search."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0075"
down_revision: str | None = "0074"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDICES = {
    "ix_cases_by_age": ["agency_id", "state", "opened_at", "tracking_code"],
    "ix_cases_by_due": ["agency_id", "state", "due_at", "tracking_code"],
    "ix_cases_by_end": ["agency_id", "state", "closed_at", "tracking_code"],
    "ix_cases_of_officer": ["officer_id", "agency_id", "state", "opened_at", "tracking_code"],
    "ix_cases_of_service": ["service_id", "state", "due_at", "tracking_code"],
    "ix_cases_at_stage": ["agency_id", "stage", "state", "due_at"],
}


def upgrade() -> None:
    op.add_column("cases", sa.Column("headline", sa.LargeBinary(), nullable=True, comment="personal"))
    op.drop_index("ix_cases_agency_id_state_opened_at", table_name="cases")
    op.drop_index("ix_cases_officer_id", table_name="cases")
    for name, columns in _INDICES.items():
        op.create_index(name, "cases", columns)
    secret = sa.text("privacy = 'secret'")
    op.create_index(
        "ix_cases_secret", "cases", ["officer_id", "opened_at"], postgresql_where=secret, sqlite_where=secret
    )
    unmade = sa.text("headline IS NULL")
    op.create_index(
        "ix_cases_without_headline", "cases", ["tracking_code"], postgresql_where=unmade, sqlite_where=unmade
    )
    # Lists in the order of what is due or closed leave none out: every case has both when its state says so.
    op.execute("UPDATE cases SET due_at = opened_at WHERE due_at IS NULL")
    op.execute(
        "UPDATE cases SET closed_at = updated_at WHERE closed_at IS NULL AND state IN ('rejected', 'collected', 'cancelled')"
    )
    op.create_table(
        "case_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["tracking_code"], ["cases.tracking_code"], name="fk_case_terms_tracking_code_cases", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term", "opened_at", "tracking_code", name="pk_case_terms"),
    )
    op.create_index("ix_case_terms_tracking_code_term", "case_terms", ["tracking_code", "term"])


def downgrade() -> None:
    op.drop_table("case_terms")
    op.drop_index("ix_cases_without_headline", table_name="cases")
    op.drop_index("ix_cases_secret", table_name="cases")
    for name in _INDICES:
        op.drop_index(name, table_name="cases")
    op.create_index("ix_cases_officer_id", "cases", ["officer_id"])
    op.create_index("ix_cases_agency_id_state_opened_at", "cases", ["agency_id", "state", "opened_at"])
    op.drop_column("cases", "headline")
