"""Opening cases: what new submissions bring, written together into the intake's unit of work.

The statements are few, and as many for those of fifty kiosks as for one: envelopes, attachments, cases, their first
steps and the kiosks' feeds are each one statement with many rows. Whoever calls holds a savepoint: Unwritable means that
nothing of it may stay.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import StatementError

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState, Contest, FeedType, ItemAnswer, ItemKind, ItemStatus
from protocol.packs import ServiceDescription
from server.cases import complaint_clock, complaints, stages
from server.cases.complaint_clock import LaporClock
from server.cases.finding import headlines, index
from server.cases.journal import CaseJournal
from server.cases.lookups import MayNotAnswer, check_answer
from server.cases.public import opened_state
from server.foundation.actors import kiosk_actor
from server.foundation.clock import WorkingCalendar, load_calendar
from server.foundation.vault import Vault
from server.storage import tables
from server.storage.transactions import insert_all_new, unstorable
from server.submissions.opening import Opened
from server.work.unit_of_work import UnitOfWork

_STEPS: Final = insert(tables.case_steps)
_ENVELOPES: Final = insert(tables.submissions)
_LINKS: Final = insert(tables.submission_attachments)
_AREAS: Final = select(tables.kiosks.c.id, tables.kiosks.c.area_id).where(
    tables.kiosks.c.id.in_(bindparam("kiosks", expanding=True))
)
# Not by pairs: SQLite reads the whole table for a row value in a list.
_BLOBS: Final = select(
    tables.attachments.c.kiosk_id,
    tables.attachments.c.sha256,
    tables.attachments.c.size,
    tables.attachments.c.complete,
).where(
    tables.attachments.c.kiosk_id.in_(bindparam("kiosks", expanding=True)),
    tables.attachments.c.sha256.in_(bindparam("blobs", expanding=True)),
)
_CONTESTS: Final = {ItemKind.OBJECTION: Contest.OBJECTION, ItemKind.REOPENING: Contest.REOPENING}


class Unwritable(Exception):
    """One of them cannot be stored; the reason is for field staff and holds nothing personal."""


class CaseOpening:
    def __init__(self, journal: CaseJournal, vault: Vault, zone: str) -> None:
        self._journal = journal
        self._vault = vault
        self._zone = zone

    def write(self, work: UnitOfWork, opened: Sequence[Opened]) -> list[ItemAnswer]:
        """Submissions of any kiosks, none of which is stored yet, with their cases. Raises Unwritable."""
        connection, now = work.connection, work.now
        try:
            answers = _store(connection, opened, now)
            calendar = load_calendar(connection, self._zone)
            areas = _areas(connection, {one.content.kiosk_id for one in opened})
            rows, clocks = [], []
            for one, answer in zip(opened, answers, strict=True):
                row = self._case(one, not answer.missing, calendar, now)
                row["area_id"] = areas[one.content.kiosk_id]
                clocks += _begin_clocks(row, _description(one), calendar)
                rows.append(row)
            if insert_all_new(connection, tables.cases, rows) != len(rows):
                raise Unwritable("the tracking code stands on another submission")
            connection.execute(_STEPS, [first_step(row) for row in rows])
            index.write_terms(connection, self._vault, zip(rows, (one.terms for one in opened), strict=True))
            if clocks:
                connection.execute(insert(tables.complaint_clocks), clocks)
            events: dict[str, list[dict[str, Any]]] = {}
            for one, row in zip(opened, rows, strict=True):
                told = opened_state(_description(one), row).model_dump(mode="json")
                events.setdefault(one.content.kiosk_id, []).append(told)
            work.to_each_kiosk(FeedType.CASE, events)
            for row in rows:
                self._journal.hint(work, row["agency_id"], row["tracking_code"])
        except (StatementError, OverflowError) as error:
            if not unstorable(error):
                raise
            raise Unwritable("a value of it cannot be stored") from error
        return answers

    def write_answer(self, work: UnitOfWork, opened: Opened) -> ItemAnswer:
        """What a citizen says to a case, not stored yet; the unit's actor is its kiosk. Raises Unwritable."""
        item, kiosk_id = opened.item, opened.content.kiosk_id
        try:
            check_answer(work.connection, kiosk_id, item.tracking_code, item.service)
        except MayNotAnswer as refusal:
            raise Unwritable(str(refusal)) from refusal
        try:
            (answer,) = _store(work.connection, [opened], work.now)
            contest = _CONTESTS.get(item.kind)
            text = opened.content.text.strip()
            if contest is not None:
                known = self._journal.contested(work, opened.content, contest)
            else:
                known = self._journal.answered(work, item.tracking_code, item.id, kiosk_id, text)
            if not known:
                raise Unwritable("no case has this tracking code")
        except (StatementError, OverflowError) as error:
            if not unstorable(error):
                raise
            raise Unwritable("a value of it cannot be stored") from error
        return answer

    def _case(self, opened: Opened, complete: bool, calendar: WorkingCalendar, now: datetime) -> dict[str, Any]:
        """The row of ``cases``."""
        item, content, description = opened.item, opened.kept, _description(opened)
        nik = complaints.searchable_nik(content)
        return {
            "tracking_code": item.tracking_code,
            "kiosk_id": content.kiosk_id,
            "submission_id": item.id,
            "service_id": item.service,
            "agency_id": description.agency.id,
            "pack_version": item.pack_version,
            "form_id": content.form_id,
            "form_version": item.form_version,
            "language": content.language[:8],
            "state": (CasePublicState.RECEIVED if complete else CasePublicState.INCOMPLETE).value,
            **stages.entered(description.stages[0], now, calendar),
            "kind": description.kind.value,
            "classification": opened.classification,
            "topic": opened.topic,
            "opened_at": now,
            "made_at": content.made_at,
            "updated_at": now,
            "due_at": calendar.due(now, description.standard.working_days),
            "first_due_at": None,
            "complete": complete,
            "note": "",
            "violations": list(opened.violations),
            "content": self._vault.close(content.model_dump_json().encode()),
            "headline": headlines.sealed(opened.headline, self._vault),
            "nik_index": self._vault.nik_index(nik) if nik else None,
            "privacy": content.privacy,
            "contest": "",
            "fee_rupiah": opened.fee_rupiah,
            "steps": 1,
        }


def _begin_clocks(
    case: dict[str, Any], description: ServiceDescription, calendar: WorkingCalendar
) -> list[dict[str, Any]]:
    """Rows of ``complaint_clocks``; writes into ``case``, the complaint's own row, what follows from them."""
    if description.kind is not ServiceKind.COMPLAINT:
        return []
    clocks = complaint_clock.opened(case, description, calendar)
    case |= complaint_clock.columns(clocks, case["state"], description, in_charge=False)
    case["first_due_at"] = next(one.due_at for one in clocks if one.clock is LaporClock.ANSWER)
    return complaint_clock.rows(case["tracking_code"], clocks)


def _description(opened: Opened) -> ServiceDescription:
    assert opened.description is not None  # the opener gives one with every SUBMISSION
    return opened.description


def first_step(case: Mapping[str, Any]) -> dict[str, Any]:
    """The row of ``case_steps`` with which a case begins, from its row of ``cases``."""
    return {
        "tracking_code": case["tracking_code"],
        "n": 1,
        "at": case["opened_at"],
        "action": "open",
        "state": case["state"],
        "stage": case["stage"],
        "actor": kiosk_actor(case["kiosk_id"]).id,
        "note": "",
    }


# --- envelopes and what hangs on them ------------------------------------------------------------------------------


def _areas(connection: Connection, kiosks: Collection[str]) -> dict[str, str | None]:
    """Where each of the kiosks stands."""
    return {kiosk_id: area for kiosk_id, area in connection.execute(_AREAS, {"kiosks": sorted(kiosks)})}


def _store(connection: Connection, opened: Sequence[Opened], now: datetime) -> list[ItemAnswer]:
    """Envelopes and the names of their attachments; an answer for each, with the hashes that are still wanted."""
    there = _expect_attachments(connection, opened)
    answers = []
    for one in opened:
        kiosk_id = one.content.kiosk_id
        missing = tuple(blob.sha256 for blob in one.content.attachments if not there[kiosk_id, blob.sha256])
        status = ItemStatus.MISSING_ATTACHMENTS if missing else ItemStatus.STORED
        answers.append(ItemAnswer(id=one.item.id, status=status, missing=missing, received_at=now))
    envelopes = [_envelope(one, now, complete=not answer.missing) for one, answer in zip(opened, answers, strict=True)]
    connection.execute(_ENVELOPES, envelopes)
    links = [link for one in opened for link in _links(one)]
    if links:
        connection.execute(_LINKS, links)
    return answers


def _envelope(opened: Opened, now: datetime, *, complete: bool) -> dict[str, Any]:
    item = opened.item
    return {
        "kiosk_id": opened.content.kiosk_id,
        "id": item.id,
        "kind": item.kind.value,
        "kiosk_seq": item.kiosk_seq,
        "tracking_code": item.tracking_code,
        "service_id": item.service,
        "form_version": item.form_version,
        "pack_version": item.pack_version,
        "key_id": item.key_id,
        "sha256": item.sha256,
        "sealed": item.sealed,
        "received_at": now,
        "device_time": item.device_time,
        "boot_id": item.boot_id,
        "complete": complete,
    }


def _expect_attachments(connection: Connection, opened: Sequence[Opened]) -> dict[tuple[str, str], bool]:
    """Whether each blob that is named, of its kiosk, is there already; those that were never heard of are written down."""
    sizes: dict[tuple[str, str], int] = {}
    for one in opened:
        for blob in one.content.attachments:
            if sizes.setdefault((one.content.kiosk_id, blob.sha256), blob.size) != blob.size:
                raise Unwritable("an attachment of this hash has another size")
    if not sizes:
        return {}
    rows = [
        {"kiosk_id": kiosk_id, "sha256": sha256, "size": size, "offset": 0, "complete": False}
        for (kiosk_id, sha256), size in sorted(sizes.items())
    ]
    insert_all_new(connection, tables.attachments, rows)
    wanted = {"kiosks": sorted({kiosk_id for kiosk_id, _ in sizes}), "blobs": sorted({sha256 for _, sha256 in sizes})}
    found = {(row.kiosk_id, row.sha256): row for row in connection.execute(_BLOBS, wanted)}
    if any(found[one].size != size for one, size in sizes.items()):
        raise Unwritable("an attachment of this hash has another size")
    return {one: found[one].complete for one in sizes}


def _links(opened: Opened) -> list[dict[str, Any]]:
    return [
        {
            "kiosk_id": opened.content.kiosk_id,
            "submission_id": opened.item.id,
            "sha256": one.sha256,
            "position": position,
            "name": one.name,
            "media_type": one.media_type,
            "plain_sha256": one.plain_sha256,
        }
        for position, one in enumerate(opened.content.attachments)
    ]
