"""Tables beside the cases: what citizens say of the service, what the city publishes, what waits for a citizen.

The same conventions as ``server.storage.tables``, and the same metadata.

=======================  =============================================================================================
ratings                  visits rated at kiosks (SKM), anonymous: the hour, never the minute
documents                what the city publishes for everybody: times kept, budget; the newest version, signed
=======================  =============================================================================================
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from server.storage.tables import metadata
from server.storage.types import UtcDateTime
from sync.protocol.reports import Element

ratings = Table(
    "ratings",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("agency_id", String(64), nullable=False),
    Column("service_id", String(64), nullable=False),
    Column("hour", UtcDateTime, nullable=False),
    Column("overall", Integer),  # of a quick rating; then all others are null
    *(Column(element.value, Integer) for element in Element),
    Index(None, "agency_id", "service_id", "hour"),
)

documents = Table(
    "documents",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),  # sync.protocol.documents: Transparency, Budget
    Column("signature", LargeBinary(64), nullable=False),
)
