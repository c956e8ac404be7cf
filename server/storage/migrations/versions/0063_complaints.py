"""Complaints: what a case is, what it is about, SP4N-LAPOR's clocks, and forwarding to the agency in charge."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0063"
down_revision: str | None = "0061"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("kind", sa.String(length=16), nullable=False, server_default="service"))
    op.add_column("cases", sa.Column("classification", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("topic", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("in_charge_since", UtcDateTime(), nullable=True))
    op.create_index("ix_cases_kind_opened_at", "cases", ["kind", "opened_at"])
    op.create_table(
        "complaint_clocks",
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tracking_code"], ["cases.tracking_code"], name="fk_complaint_clocks_tracking_code_cases"
        ),
        sa.PrimaryKeyConstraint("tracking_code", "n", name="pk_complaint_clocks"),
    )
    op.create_index(
        "ix_complaint_clocks_clock_stopped_at_due_at", "complaint_clocks", ["clock", "stopped_at", "due_at"]
    )
    op.create_table(
        "complaint_forwards",
        sa.Column("tracking_code", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("from_agency_id", sa.String(length=64), nullable=False),
        sa.Column("to_agency_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tracking_code"], ["cases.tracking_code"], name="fk_complaint_forwards_tracking_code_cases"
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agencies.id"], name="fk_complaint_forwards_from_agency_id_agencies"
        ),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agencies.id"], name="fk_complaint_forwards_to_agency_id_agencies"),
        sa.PrimaryKeyConstraint("tracking_code", "n", name="pk_complaint_forwards"),
    )
    op.create_index("ix_complaint_forwards_from_agency_id_at", "complaint_forwards", ["from_agency_id", "at"])
    _tell_complaints()


def downgrade() -> None:
    op.drop_table("complaint_forwards")
    op.drop_table("complaint_clocks")
    op.drop_index("ix_cases_kind_opened_at", "cases")
    for column in ("in_charge_since", "topic", "classification", "kind"):
        op.drop_column("cases", column)


def _tell_complaints() -> None:
    """Cases of services that were published as complaints; their clocks are begun by the server's chore."""
    connection = op.get_bind()
    versions = sa.table("service_versions", sa.column("pack_number"), sa.column("service_id"), sa.column("document"))
    cases = sa.table(
        "cases",
        *(sa.column(name) for name in ("kind", "pack_version", "service_id", "stage_due_at", "first_due_at", "due_at")),
    )
    for pack, service, document in connection.execute(
        sa.select(versions.c.pack_number, versions.c.service_id, versions.c.document)
    ).all():
        told = json.loads(document) if isinstance(document, str | bytes) else document
        if told.get("kind") == "complaint":
            connection.execute(
                sa.update(cases)
                .where(cases.c.pack_version == pack, cases.c.service_id == service)
                .values(
                    kind="complaint",
                    stage_due_at=None,
                    first_due_at=sa.func.coalesce(cases.c.first_due_at, cases.c.due_at),
                )
            )
