"""The state of a kiosk is judged once and kept, so that a list of ten thousand can filter and order by it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.storage.types import UtcDateTime

revision: str = "0069"
down_revision: str | None = "0068"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: What can be told without reading components; the next heartbeat of each kiosk judges it whole.
_STATES = """
UPDATE kiosks SET state = CASE
  WHEN revoked_at IS NOT NULL THEN 'revoked'
  WHEN approved_at IS NULL THEN 'unapproved'
  WHEN last_heartbeat_at IS NULL THEN 'waiting'
  WHEN EXISTS (
    SELECT 1 FROM alarms WHERE kiosk_id = kiosks.id AND kind = 'SILENT' AND cleared_at IS NULL
  ) THEN 'silent'
  WHEN in_service IS NOT NULL AND NOT in_service THEN 'out'
  WHEN EXISTS (SELECT 1 FROM alarms WHERE kiosk_id = kiosks.id AND cleared_at IS NULL) THEN 'warn'
  ELSE 'fine'
END
"""


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("agency_id", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("kiosks", sa.Column("state", sa.String(length=16), nullable=False, server_default="unapproved"))
    op.add_column("kiosks", sa.Column("history_at", UtcDateTime(), nullable=True))
    op.create_index("ix_kiosks_state_name", "kiosks", ["state", "name"])
    open_only = sa.text("cleared_at IS NULL")
    op.create_index("ix_alarms_open", "alarms", ["raised_at"], sqlite_where=open_only, postgresql_where=open_only)
    op.create_index("ix_alarms_kiosk_id_raised_at", "alarms", ["kiosk_id", "raised_at"])
    op.execute(_STATES)


def downgrade() -> None:
    op.drop_index("ix_alarms_kiosk_id_raised_at", "alarms")
    op.drop_index("ix_alarms_open", "alarms")
    op.drop_index("ix_kiosks_state_name", "kiosks")
    op.drop_column("kiosks", "history_at")
    op.drop_column("kiosks", "state")
    op.drop_column("kiosks", "agency_id")
