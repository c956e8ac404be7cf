"""Releases of the kiosks' program among the targets that are signed: all that were not taken back."""

from typing import Final

from sqlalchemy import Connection, select

from protocol.releases import ReleaseCustom
from server.catalogue.tuf import Listed
from server.storage import tables

#: Of ``releases.state``: it may not be run any more.
TAKEN_BACK: Final = "taken_back"


def listed_releases(connection: Connection, city: str) -> list[Listed]:
    release = tables.releases.c
    rows = connection.execute(
        select(release.path, release.sha256, release.size, release.number)
        .where(release.state != TAKEN_BACK)
        .order_by(release.number)
    )
    return [
        Listed(
            name=row.path,
            sha256=row.sha256,
            size=row.size,
            custom=ReleaseCustom(city=city, number=row.number).model_dump(mode="json"),
        )
        for row in rows
    ]


def release_path(connection: Connection, sha256: str) -> str | None:
    """The manifest's file with that hash."""
    release = tables.releases.c
    return connection.execute(select(release.path).where(release.sha256 == sha256)).scalar()
