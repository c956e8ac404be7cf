"""Packs and drafts of services: a spreadsheet, and what is published."""

import io

import openpyxl

from server.catalogue.pack_content import PackService
from server.deps import Deps
from server.foundation.actors import Actor, Role

ADMIN = Actor("admin-1", Role.ADMIN)


def workbook(*rows: tuple[str, ...], version: str = "2") -> bytes:
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label::Bahasa Indonesia (id)", "required"])
    for row in rows:
        survey.append(list(row))
    settings = book.create_sheet("settings")
    settings.append(["form_id", "version", "form_title", "default_language"])
    settings.append(["surat", version, "Surat", "Bahasa Indonesia (id)"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


GOOD = (("text", "nama", "Nama", "yes"), ("text", "alamat", "Alamat", "yes"))


def services_of(deps: Deps, ring: str) -> set[str]:
    with deps.engine.connect() as connection:
        found = deps.packs.content(deps.packs.newest(connection, ring))
    return {one.description.id for one in found.services} if found else set()


def changed(deps: Deps, service: str, version: str, rings: tuple[str, ...]) -> int:
    """Publishes what is in force as another version, without the way through a draft; the pack's number."""
    known = deps.authoring.published("surat")
    assert known is not None
    description = known.description.model_copy(update={"id": service, "form_version": version})
    with deps.engine.connect() as connection:
        content = deps.packs.content(deps.packs.newest(connection, rings[-1]))
    assert content is not None
    return deps.packs.publish(content.replacing(PackService(description, known.files)), ADMIN, rings=rings).number
