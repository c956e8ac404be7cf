"""Looks at the pictures that came in, a few at a time, and writes down under which terms their likes are found."""

from typing import Any, Final

from sqlalchemy import select, update

from server.cases import complaints
from server.cases.finding.terms import PICTURE, bands_of_mark
from server.foundation.actors import SYSTEM
from server.foundation.vault import Vault
from server.storage import tables
from server.storage.transactions import insert_all_new
from server.submissions.attachments import AttachmentStore
from server.submissions.pictures import PICTURES, Pictures
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

BATCH: Final = 50


class PictureMarks:
    def __init__(self, units: UnitsOfWork, vault: Vault, attachments: AttachmentStore, pictures: Pictures) -> None:
        self._units = units
        self._vault = vault
        self._attachments = attachments
        self._pictures = pictures

    def look(self) -> int:
        """At a batch of those that nobody has looked at; how many there were."""
        marks = tables.picture_marks.c
        with self._units.engine.connect() as connection:
            waiting = connection.execute(
                select(marks.kiosk_id, marks.sha256).where(marks.looked_at.is_(None)).limit(BATCH)
            ).all()
        for one in waiting:
            self._look_at(one.kiosk_id, one.sha256)
        return len(waiting)

    def _look_at(self, kiosk_id: str, sha256: str) -> None:
        link, sent, cases = tables.submission_attachments.c, tables.submissions.c, tables.cases.c
        with self._units.engine.connect() as connection:
            holders = connection.execute(
                select(
                    link.submission_id,
                    link.media_type,
                    cases.tracking_code,
                    cases.agency_id,
                    cases.opened_at,
                    cases.privacy,
                )
                .join(tables.submissions, (sent.kiosk_id == link.kiosk_id) & (sent.id == link.submission_id))
                .join(tables.cases, cases.tracking_code == sent.tracking_code)
                .where(link.kiosk_id == kiosk_id, link.sha256 == sha256)
            ).all()
        # Of a secret complaint nobody but its officer sees the pictures; so nothing is found by them.
        holders = [one for one in holders if one.privacy != complaints.SECRET and one.media_type in PICTURES]
        mark = self._mark(kiosk_id, holders[0].submission_id, sha256) if holders else None
        row = {"looked_at": self._units.clock.now(), "mark": None if mark is None else self._vault.close(mark)}
        own = (tables.picture_marks.c.kiosk_id == kiosk_id, tables.picture_marks.c.sha256 == sha256)

        def write(work: UnitOfWork) -> None:
            work.connection.execute(update(tables.picture_marks).where(*own).values(**row))
            terms = [] if mark is None else [term for holder in holders for term in self._terms(holder, mark)]
            if terms:
                insert_all_new(work.connection, tables.case_terms, terms)

        self._units.run(SYSTEM, write)

    def _mark(self, kiosk_id: str, submission_id: str, sha256: str) -> bytes | None:
        opened = self._attachments.open(kiosk_id, submission_id, sha256)
        return None if opened is None else self._pictures.mark(opened.data)

    def _terms(self, holder: Any, mark: bytes) -> list[dict[str, Any]]:
        found = {self._vault.term(holder.agency_id, PICTURE, band) for band in bands_of_mark(mark)}
        return [
            {"term": term, "opened_at": holder.opened_at, "tracking_code": holder.tracking_code}
            for term in sorted(found)
        ]
