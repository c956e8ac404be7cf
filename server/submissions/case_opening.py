"""Opening cases: what new submissions bring, written together into the intake's unit of work.

The statements are few, and as many for fifty submissions as for one: envelopes, attachments, cases, their first
steps and the kiosk's feed are each one statement with many rows. Whoever calls holds a savepoint: Unwritable means that
nothing of it may stay.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import StatementError

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState, Content, Contest, FeedType, ItemAnswer, ItemKind, ItemStatus
from protocol.packs import ServiceDescription
from server.cases import complaint_clock, complaints, stages
from server.cases.complaint_clock import LaporClock
from server.cases.finding import index
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

_CONTESTS: Final = {ItemKind.OBJECTION: Contest.OBJECTION, ItemKind.REOPENING: Contest.REOPENING}


class Unwritable(Exception):
    """One of them cannot be stored; the reason is for field staff and holds nothing personal."""


class CaseOpening:
    def __init__(self, journal: CaseJournal, vault: Vault, zone: str) -> None:
        self._journal = journal
        self._vault = vault
        self._zone = zone

    def write(self, work: UnitOfWork, kiosk_id: str, opened: Sequence[Opened]) -> list[ItemAnswer]:
        """Submissions, none of which is stored yet, with their cases. Raises Unwritable."""
        connection, now = work.connection, work.now
        try:
            answers = _store(connection, kiosk_id, opened, now)
            calendar = load_calendar(connection, self._zone)
            complete = {answer.id: not answer.missing for answer in answers}
            kept = [_kept(one) for one in opened]
            area = connection.execute(select(tables.kiosks.c.area_id).where(tables.kiosks.c.id == kiosk_id)).scalar()
            rows, clocks = [], []
            for one, content in zip(opened, kept, strict=True):
                row = {**self._case(kiosk_id, one, content, complete[one.item.id], calendar, now), "area_id": area}
                clocks += _begin_clocks(row, _description(one), calendar)
                rows.append(row)
            inserted = insert_all_new(connection, tables.cases, tables.cases.c.tracking_code, rows)
            if inserted != len(rows):
                raise Unwritable("the tracking code stands on another submission")
            connection.execute(insert(tables.case_steps), [first_step(row) for row in rows])
            index.write_terms(connection, self._vault, list(zip(rows, kept, strict=True)))
            if clocks:
                connection.execute(insert(tables.complaint_clocks), clocks)
            events = [
                opened_state(_description(one), row).model_dump(mode="json")
                for one, row in zip(opened, rows, strict=True)
            ]
            work.to_kiosk(kiosk_id, FeedType.CASE, *events)
            for row in rows:
                self._journal.hint(work, row["agency_id"], row["tracking_code"])
        except (StatementError, OverflowError) as error:
            if not unstorable(error):
                raise
            raise Unwritable("a value of it cannot be stored") from error
        return answers

    def write_answer(self, work: UnitOfWork, kiosk_id: str, opened: Opened) -> ItemAnswer:
        """What a citizen says to a case, not stored yet. Raises Unwritable."""
        item = opened.item
        try:
            check_answer(work.connection, kiosk_id, item.tracking_code, item.service)
        except MayNotAnswer as refusal:
            raise Unwritable(str(refusal)) from refusal
        try:
            (answer,) = _store(work.connection, kiosk_id, [opened], work.now)
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

    def _case(
        self,
        kiosk_id: str,
        opened: Opened,
        content: Content,
        complete: bool,
        calendar: WorkingCalendar,
        now: datetime,
    ) -> dict[str, Any]:
        """The row of ``cases``; ``content`` is what is kept of it."""
        item, description = opened.item, _description(opened)
        nik = complaints.searchable_nik(content)
        return {
            "tracking_code": item.tracking_code,
            "kiosk_id": kiosk_id,
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
            "headline": index.headline(content, self._vault),
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


def _kept(opened: Opened) -> Content:
    return complaints.kept(opened.content, _description(opened))


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


def _store(connection: Connection, kiosk_id: str, opened: Sequence[Opened], now: datetime) -> list[ItemAnswer]:
    """Envelopes and the names of their attachments; an answer for each, with the hashes that are still wanted."""
    there = _expect_attachments(connection, kiosk_id, opened)
    answers = []
    for one in opened:
        missing = tuple(blob.sha256 for blob in one.content.attachments if not there[blob.sha256])
        status = ItemStatus.MISSING_ATTACHMENTS if missing else ItemStatus.STORED
        answers.append(ItemAnswer(id=one.item.id, status=status, missing=missing, received_at=now))
    envelopes = [
        _envelope(kiosk_id, one, now, complete=not answer.missing) for one, answer in zip(opened, answers, strict=True)
    ]
    connection.execute(insert(tables.submissions), envelopes)
    links = [link for one in opened for link in _links(kiosk_id, one)]
    if links:
        connection.execute(insert(tables.submission_attachments), links)
    return answers


def _envelope(kiosk_id: str, opened: Opened, now: datetime, *, complete: bool) -> dict[str, Any]:
    item = opened.item
    return {
        "kiosk_id": kiosk_id,
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


def _expect_attachments(connection: Connection, kiosk_id: str, opened: Sequence[Opened]) -> dict[str, bool]:
    """Whether each blob that is named is there already; those that were never heard of are written down."""
    sizes: dict[str, int] = {}
    for blob in (blob for one in opened for blob in one.content.attachments):
        if sizes.setdefault(blob.sha256, blob.size) != blob.size:
            raise Unwritable("an attachment of this hash has another size")
    if not sizes:
        return {}
    column = tables.attachments.c
    rows = [
        {"kiosk_id": kiosk_id, "sha256": sha256, "size": size, "offset": 0, "complete": False}
        for sha256, size in sizes.items()
    ]
    insert_all_new(connection, tables.attachments, column.sha256, rows)
    found = connection.execute(
        select(column.sha256, column.size, column.complete).where(
            column.kiosk_id == kiosk_id, column.sha256.in_(list(sizes))
        )
    ).all()
    if any(row.size != sizes[row.sha256] for row in found):
        raise Unwritable("an attachment of this hash has another size")
    return {row.sha256: row.complete for row in found}


def _links(kiosk_id: str, opened: Opened) -> list[dict[str, Any]]:
    return [
        {
            "kiosk_id": kiosk_id,
            "submission_id": opened.item.id,
            "sha256": one.sha256,
            "position": position,
            "name": one.name,
            "media_type": one.media_type,
            "plain_sha256": one.plain_sha256,
        }
        for position, one in enumerate(opened.content.attachments)
    ]
