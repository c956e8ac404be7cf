"""Tables beside the cases: what citizens say of the service, what the city publishes, what waits for a citizen.

The same conventions as ``server.storage.tables``, and the same metadata.

=======================  =============================================================================================
ratings                  sessions rated at kiosks (SKM), anonymous: the hour, never the minute
documents                what the city publishes for everybody: times kept, budget; the newest version, signed
drafts                   forms to be finished another day, as bytes that the server cannot read
help_calls               who asked for an officer at a kiosk, and when somebody went
=======================  =============================================================================================
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from protocol.reports import Element
from server.storage.tables import metadata
from server.storage.types import UtcDateTime

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
    Column("body", Text, nullable=False),  # protocol.documents: Transparency, Budget
    Column("signature", LargeBinary(64), nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("lookup", String(32), primary_key=True),  # made of the code by Argon2id, see protocol.drafts
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False, index=True),  # where it was left
    Column("proof_hash", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),  # of ``sealed``
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("wrong_tries", Integer, nullable=False, default=0),
    Column("blocked_until", UtcDateTime),
)

help_calls = Table(
    "help_calls",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("place", String(64), nullable=False),  # which screen was in sight; nothing of anybody
    Column("asked_at", UtcDateTime, nullable=False),  # by the kiosk's clock
    Column("received_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("answered_by", String(64)),  # officer id
)
