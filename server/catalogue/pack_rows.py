"""The rows of a published pack: itself, the agencies that it is the first to name, its services. And what is signed beside
packs: releases of the kiosks' program that were not taken back."""

import hashlib
from typing import Final

from sqlalchemy import Connection, insert, select

from protocol.line.releases import ReleaseCustom
from protocol.packs import target_name
from server.catalogue.pack_content import PackContent
from server.catalogue.tuf import Listed
from server.storage import tables
from server.work.unit_of_work import UnitOfWork

#: Of ``releases.state``: it may not be run any more.
TAKEN_BACK: Final = "taken_back"


def write_rows(
    work: UnitOfWork,
    number: int,
    content: PackContent,
    archive: bytes,
    rings: tuple[str, ...],
    note: str,
    content_of: int | None,
) -> None:
    connection = work.connection
    connection.execute(
        insert(tables.packs).values(
            number=number,
            rings=list(rings),
            made_by=work.actor.id,
            made_at=work.now,
            path=target_name(number),
            sha256=hashlib.sha256(archive).hexdigest(),
            size=len(archive),
            note=note,
            content_of=content_of,
        )
    )
    known = set(connection.execute(select(tables.agencies.c.id)).scalars())
    for position, one in enumerate(content.services):
        description = one.description
        if description.agency.id not in known:
            known.add(description.agency.id)
            connection.execute(
                insert(tables.agencies).values(
                    id=description.agency.id, name=description.agency.name, position=len(known)
                )
            )
        connection.execute(
            insert(tables.service_versions).values(
                pack_number=number,
                service_id=description.id,
                agency_id=description.agency.id,
                form_id=description.form_id,
                form_version=description.form_version,
                position=position,
                document=description.model_dump(mode="json"),
            )
        )
    details = {"rings": list(rings), "services": len(content.services), "content_of": content_of}
    work.audit("pack.publish", f"pack:{number}", details)


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
