"""Who works in the back office."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, false

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

agencies = Table(
    "agencies",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", JSON, nullable=False),  # text by language
    Column("position", Integer, nullable=False, default=0),
    # To whom late cases are escalated when there is no supervisor: officers.id, which refers to agencies.
    Column("head_id", String(36)),
)

officers = Table(
    "officers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_name", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),  # argon2id
    # Somebody else has read the password: it opens nothing but the page that changes it.
    Column("password_handed_out", Boolean, nullable=False, default=False, server_default=false()),
    Column("role", String(20), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), index=True),  # null: all agencies (admin, command, staff_manager)
    Column("active", Boolean, nullable=False, default=True),
    Column("last_sign_in_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    # At the city's identity provider: what administrators wrote of them, and who that turned out to be.
    Column("provider_claim", String(255), unique=True, index=True),
    Column("provider_subject", String(255), unique=True, index=True),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 hex of the cookie's token
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("on_display", Boolean, nullable=False, default=False, server_default=false()),  # opens the wall alone
    Column("how", String(16), nullable=False, default="password", server_default="password"),  # accounts.How
    Column("proved_at", UtcDateTime),  # when whoever sits there last showed who they are
    Column("address", String(64), nullable=False, default="", server_default=""),
    Column("browser", String(200), nullable=False, default="", server_default=""),  # as it calls itself
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, index=True),  # a name at a place, an address, a name: HMAC, see limits
    Column("at", UtcDateTime, nullable=False, index=True),
)
