"""Parts of a city, to which officers may be limited."""

from sqlalchemy import Column, ForeignKey, String, Table

from server.storage.tables.base import metadata

areas = Table(
    "areas",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
)

officer_areas = Table(
    "officer_areas",
    metadata,
    Column("officer_id", ForeignKey("officers.id"), primary_key=True),  # without a row: the whole city
    Column("area_id", ForeignKey("areas.id"), primary_key=True, index=True),
)
