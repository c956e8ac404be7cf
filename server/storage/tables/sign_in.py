"""What people sign in with beside their password, and what waits between two steps of it."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, LargeBinary, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

authenticators = Table(
    "authenticators",
    metadata,
    Column("officer_id", ForeignKey("officers.id"), primary_key=True),
    Column("secret", LargeBinary),  # of TOTP, sealed with the vault; null: none is confirmed yet
    Column("pending", LargeBinary),  # shown to its officer, not confirmed by a code yet; sealed alike
    Column("confirmed_at", UtcDateTime),
    Column(
        "last_step", BigInteger, nullable=False, default=0
    ),  # of the newest code that was taken: none is taken twice
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(1400), primary_key=True),  # the credential's id, base64url; at most 1023 bytes
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("public_key", LargeBinary, nullable=False),  # COSE
    Column("sign_count", BigInteger, nullable=False, default=0),
    Column("made_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("officer_id", ForeignKey("officers.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),  # HMAC
    Column("used_at", UtcDateTime),
)

sign_in_steps = Table(
    "sign_in_steps",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 hex of the cookie's token
    Column("kind", String(16), nullable=False),  # second, passkey, register, provider
    Column("officer_id", ForeignKey("officers.id")),  # null: not known yet
    Column("data", JSON, nullable=False, default=dict),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
