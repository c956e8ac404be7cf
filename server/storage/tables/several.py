"""What several servers on one database agree on: who is there, who does a chore, and files that all of them have."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

servers = Table(
    "servers",
    metadata,
    Column("id", String(36), primary_key=True),  # made anew at each start
    Column("name", String(255), nullable=False),  # its host and port, for whoever looks for it
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

chores = Table(
    "chores",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(36)),  # the server that is at it; null: none
    Column("held_until", UtcDateTime),  # unless it says again that it is at it
    Column("began_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("failed", String(64)),  # by what, the last time; null: not
)

shared_files = Table(
    "shared_files",
    metadata,
    Column("path", String(255), primary_key=True),  # in the packs' folder
    Column("content", LargeBinary, nullable=False),
    Column("edition", BigInteger, nullable=False, unique=True),  # one more for each writing of any of them
)
