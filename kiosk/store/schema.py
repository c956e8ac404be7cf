"""Tables of the kiosk's database. No column holds a citizen's data in clear: answers and photos are sealed blobs."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

#: ``PRAGMA user_version``. A newer program reads every older one (see migrations), an older refuses a newer one unless that
#: lets it: see OLDEST_READER.
SCHEMA_VERSION: Final = 3
#: Programs since that version work with a database of this one: what came since was only added. A kiosk goes back to the
#: program before when a new one is worse, so a step may take away only what no program before it uses any more.
OLDEST_READER: Final = 2
#: The mark that holds the last number given to an envelope.
KIOSK_SEQ: Final = "kiosk_seq"

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware datetime as RFC 3339 text in UTC with microseconds, so that text order is time order."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be kept")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Plain JSON as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


#: Counters and marks of the kiosk itself: kiosk_seq, feed_cursor, high_water, checkpoint, in_service …
marks = Table("marks", metadata, Column("name", String(64), primary_key=True), Column("value", Json, nullable=False))

#: What the server set.
settings = Table(
    "settings", metadata, Column("name", String(64), primary_key=True), Column("value", Json, nullable=False)
)

#: Envelopes, by the kiosk's own sequence. ``sealed`` is erased some time after ACKNOWLEDGED.
outbox = Table(
    "outbox",
    metadata,
    Column("kiosk_seq", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("tracking_code", String(12), nullable=False),
    Column("service", String(64), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("key_id", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sealed", LargeBinary),
    Column("device_time", Moment, nullable=False),
    Column("boot_id", String(200), nullable=False),
    #: See ``outbox.OutboxState``.
    Column("state", String(16), nullable=False),
    Column("reason", String(200), nullable=False, default=""),
    Column("received_at", Moment),
    Column("acknowledged_at", Moment),
    Index("outbox_by_state", "state", "kiosk_seq"),
    Index("outbox_by_code", "tracking_code"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("kiosk_seq", Integer, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary),
    Column("delivered", Boolean, nullable=False, default=False),
)

#: What a slip needs to be printed again and a scanned slip to be answered without the line.
receipts = Table(
    "receipts",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("pack_version", Integer, nullable=False),
    #: Texts at that time, by language: {"service": …, "agency": …, "title": …, "next_step": …}.
    Column("texts", Json, nullable=False),
    Column("language", String(8), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("received_at", Moment),
    Column("state", String(16), nullable=False),
    Column("state_at", Moment, nullable=False),
    Column("due", Moment),
    Column("steps", Json, nullable=False),
)

packs = Table(
    "packs",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("installed_at", Moment, nullable=False),
)

supplies = Table(
    "supplies",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("level", Float, nullable=False),
    Column("full", Float, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

#: Paper by the hour of the city's day; numbers only.
paper_use = Table(
    "paper_use",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("mm", Float, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("actions", Json, nullable=False),
    Column("note", Text, nullable=False, default=""),
    #: The server knows it.
    Column("told", Boolean, key="reported", nullable=False, default=False),
)

component_history = Table(
    "component_history",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("component", String(64), nullable=False),
    Column("availability", String(16), nullable=False),
    Column("conditions", Json, nullable=False),
    Column("detail", String(200), nullable=False, default=""),
    Column("at", Moment, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    #: argon2id in its standard encoding.
    Column("pin_hash", String(200), nullable=False),
)

#: Wrong PINs in a row; kept so that a restart does not give new tries.
pin_failures = Table(
    "pin_failures",
    metadata,
    Column("staff_id", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
)

#: Commands that were applied, so that none is applied twice, with the result until the server knows it.
commands = Table(
    "commands",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False),
    #: None while it is being done.
    Column("ok", Boolean),
    Column("message", String(200), nullable=False, default=""),
    #: The server knows it.
    Column("told", Boolean, key="reported", nullable=False, default=False),
)

notices = Table(
    "notices",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("text", Json, nullable=False),
    Column("until", Moment),
)

usage = Table(
    "usage", metadata, Column("service", String(64), primary_key=True), Column("count", Integer, nullable=False)
)

sessions = Table(
    "sessions", metadata, Column("day", String(10), primary_key=True), Column("count", Integer, nullable=False)
)


#: Small anonymous messages on their way up (ratings, calls for help); gone once the server holds them.
reports = Table(
    "reports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("body", Json, nullable=False),
)

#: What the city publishes for everybody (times kept, budget), as it was verified.
documents = Table(
    "documents",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("body", Json, nullable=False),
)


def create_all(connection: Connection) -> None:
    """A new database at SCHEMA_VERSION."""
    metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    tell_readers(connection)


def tell_readers(connection: Connection) -> None:
    """Writes down which programs may use the database as it is now."""
    if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != OLDEST_READER:
        connection.exec_driver_sql(f"PRAGMA application_id = {OLDEST_READER}")
