"""What is published, and what is on its way there."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

packs = Table(
    "packs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rings", JSON, nullable=False),  # list of test, early, all
    Column("made_by", String(64), nullable=False),  # officer id, or "seed"
    Column("made_at", UtcDateTime, nullable=False),
    Column("path", String(200), nullable=False),  # of the zip, under the packs folder
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("note", String(500), nullable=False, default=""),
    Column("content_of", Integer),
    Column("announced_at", UtcDateTime),  # null: a crash came between the files and the kiosks' feeds
    Column("taken_back_at", UtcDateTime),
    Column("taken_back_by", String(64)),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("pack_number", ForeignKey("packs.number"), primary_key=True),
    Column("service_id", String(64), primary_key=True),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", JSON, nullable=False),  # protocol.packs.ServiceDescription
)

form_drafts = Table(
    "form_drafts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("service_id", String(64), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("file_type", String(8), nullable=False),  # xlsx, csv, md
    Column("source", LargeBinary, nullable=False),
    Column("document", JSON, nullable=False),  # members of ServiceDescription, possibly incomplete
    Column("form_xml", Text),  # null while the form has errors
    Column("resources", LargeBinary),  # zip of the files that the form names
    Column("problems", JSON, nullable=False),  # list of {severity, sheet, row, column, message}
    Column("state", String(16), nullable=False),  # draft, scheduled, publishing, published, discarded
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("published_pack", Integer),
    # of one that is scheduled: when, to which rings, with which note, for whom; and what kept the last try from it
    Column("publish_at", UtcDateTime),
    Column("publish_rings", JSON(none_as_null=True)),
    Column("publish_note", String(500), nullable=False, default="", server_default=""),
    Column("publish_by", String(64), nullable=False, default="", server_default=""),
    Column("publish_problem", String(32), nullable=False, default="", server_default=""),
)

paused_services = Table(
    "paused_services",
    metadata,
    Column("service_id", String(64), primary_key=True),
    Column("reason", JSON, nullable=False),  # by language, as citizens read it
    Column("paused_by", String(64), nullable=False),
    Column("paused_at", UtcDateTime, nullable=False),
)
