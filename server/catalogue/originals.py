"""The files from which forms were made, as they were uploaded: what an administrator gets to change a form elsewhere."""

import io
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from server.catalogue.pack_content import PackService
from server.storage import tables
from server.work.unit_of_work import UnitOfWork

FORM_FILE: Final = "form.xml"
#: An XForm, where no spreadsheet is known: a form from before they were kept, or one that came as an XForm.
XFORM: Final = "xml"


@dataclass(frozen=True)
class Original:
    name: str
    #: xlsx, csv, md or xml.
    file_type: str
    data: bytes


def original_of(connection: Connection, service: PackService) -> Original:
    """The spreadsheet that a published form was made from; where none is known, the form itself."""
    xml = service.files[FORM_FILE]
    drafts = tables.form_drafts.c
    row = connection.execute(
        select(drafts.file_name, drafts.file_type, drafts.source)
        .where(
            drafts.service_id == service.description.id, drafts.state == "published", drafts.form_xml == xml.decode()
        )
        .order_by(drafts.updated_at.desc())
        .limit(1)
    ).first()
    if row is not None:
        return Original(row.file_name, row.file_type, row.source)
    return Original(f"{service.description.id}.xml", XFORM, xml)


def original_of_draft(row: Row[Any]) -> Original:
    return Original(row.file_name, row.file_type, row.source)


def keep(work: UnitOfWork, service: PackService, original: Original, pack: int) -> None:
    """Of a service that was published without a draft."""
    work.connection.execute(
        insert(tables.form_drafts).values(
            id=str(uuid.uuid4()),
            service_id=service.description.id,
            file_name=original.name,
            file_type=original.file_type,
            source=original.data,
            document=service.description.model_dump(mode="json"),
            form_xml=service.files[FORM_FILE].decode(),
            problems=[],
            state="published",
            created_by=work.actor.id,
            created_at=work.now,
            updated_at=work.now,
            published_pack=pack,
        )
    )


def everything(original: Original, form_xml: bytes | None, resources: Mapping[str, bytes]) -> bytes:
    """A zip with the original, the XForm that kiosks run, and all files that the form names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if form_xml is not None:
            archive.writestr(FORM_FILE, form_xml)
        if original.file_type != XFORM:
            archive.writestr(original.name, original.data)
        for name, data in resources.items():
            if name != FORM_FILE:
                archive.writestr(f"media/{name}", data)
    return buffer.getvalue()
