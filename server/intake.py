"""Taking submissions in: each id once, for ever, with the same answer however often it comes.

Envelopes are opened first; then one transaction writes everything that the batch brings. An item is inserted unless
its id is there, and compared by hash when it is. One that is refused rolls back to its savepoint and leaves the
others alone.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import StatementError

from server import audit, complaints, feed
from server.actors import kiosk_actor
from server.bus import Bus, feed_topic
from server.cases import Cases
from server.clock import Clock, load_calendar
from server.failpoints import Failpoints
from server.opening import Opened, Opener, Refused
from server.storage import tables
from server.storage.transactions import in_transaction, insert_new, unstorable
from server.vault import Vault
from sync.protocol.messages import (
    BatchAnswer,
    CasePublicState,
    FeedType,
    ItemAnswer,
    ItemKind,
    ItemStatus,
    SubmissionItem,
)

REASON_CHARACTERS: Final = 200

_log = structlog.get_logger("server.intake")


@dataclass(frozen=True)
class Sender:
    """The kiosk that signed the request."""

    kiosk_id: str
    kiosk_part: str


class _Reject(Exception):
    """Rolls one item back to its savepoint."""


class Intake:
    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        bus: Bus,
        cases: Cases,
        opener: Opener,
        vault: Vault,
        zone: str,
        failpoints: Failpoints,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._cases = cases
        self._opener = opener
        self._vault = vault
        self._zone = zone
        self._failpoints = failpoints

    def take(self, sender: Sender, raw_items: Sequence[Any]) -> BatchAnswer:
        """Answers each item, in order. One without a usable id cannot be answered and is left out."""
        prepared = [one for raw in raw_items if (one := self._prepare(sender, raw)) is not None]
        self._failpoints.reach("submissions.opened")
        answers, codes, through = in_transaction(
            self._engine, lambda connection: self._write(connection, sender, prepared)
        )
        self._failpoints.reach("submissions.committed")
        for code in codes:
            self._cases.publish_code(code)
        if codes:
            self._bus.publish(feed_topic(sender.kiosk_id))
        return BatchAnswer(answers=tuple(answers), ack_through=through)

    def _prepare(self, sender: Sender, raw: Any) -> "_Prepared | None":
        try:
            item = SubmissionItem.model_validate(raw)
        except ValidationError as error:
            return _malformed(raw, error)
        known = self._known(sender, item.id)
        if known is not None:
            return _Prepared(item.id, item.sha256, item, None)
        opened = self._opener.open(sender.kiosk_id, sender.kiosk_part, item)
        return _Prepared(item.id, item.sha256, item, opened)

    def _known(self, sender: Sender, item_id: str) -> Any:
        sent = tables.submissions.c
        with self._engine.connect() as connection:
            return connection.execute(
                select(sent.sha256).where(sent.kiosk_id == sender.kiosk_id, sent.id == item_id)
            ).first()

    def _write(
        self, connection: Connection, sender: Sender, prepared: Sequence["_Prepared"]
    ) -> tuple[list[ItemAnswer], list[str], int]:
        answers: list[ItemAnswer] = []
        entries: list[audit.Entry] = []
        codes: list[str] = []
        for one in prepared:
            answer = self._write_one(connection, sender, one, entries, codes)
            if answer.status in (ItemStatus.REJECTED, ItemStatus.CONFLICT):
                self._note_rejection(connection, sender, one, answer)
            answers.append(answer)
        through = self._ack_through(connection, sender)
        if entries:
            audit.append(connection, self._clock.now(), entries)
        self._failpoints.reach("submissions.written")
        return answers, codes, through

    def _write_one(
        self,
        connection: Connection,
        sender: Sender,
        one: "_Prepared",
        entries: list[audit.Entry],
        codes: list[str],
    ) -> ItemAnswer:
        if isinstance(one.opened, Refused):
            return _rejected(one.id, one.opened.reason)
        if one.opened is not None:
            try:
                with connection.begin_nested():
                    written = self._insert(connection, sender, one.opened)
            except _Reject as refusal:
                return _rejected(one.id, str(refusal))
            except (StatementError, OverflowError) as error:
                if not unstorable(error):
                    raise
                return _rejected(one.id, "a value of it cannot be stored")
            if written is not None:
                answer, entry = written
                entries.append(entry)
                codes.append(one.opened.item.tracking_code)
                return answer
        return self._repeat(connection, sender, one)

    def _insert(self, connection: Connection, sender: Sender, opened: Opened) -> tuple[ItemAnswer, audit.Entry] | None:
        """Everything that a new submission brings; None when its id is there already."""
        item, now = opened.item, self._clock.now()
        inserted = insert_new(
            connection,
            tables.submissions,
            {
                "kiosk_id": sender.kiosk_id,
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
                "complete": False,
            },
        )
        if not inserted:
            return None
        missing = self._insert_attachments(connection, sender, opened)
        if not missing:
            connection.execute(
                update(tables.submissions)
                .where(tables.submissions.c.kiosk_id == sender.kiosk_id, tables.submissions.c.id == item.id)
                .values(complete=True)
            )
        if item.kind is ItemKind.SUBMISSION:
            entry = self._open_case(connection, sender, opened, complete=not missing)
        else:
            entry = self._take_answer(connection, sender, opened)
        status = ItemStatus.MISSING_ATTACHMENTS if missing else ItemStatus.STORED
        return ItemAnswer(id=item.id, status=status, missing=missing, received_at=now), entry

    def _insert_attachments(self, connection: Connection, sender: Sender, opened: Opened) -> tuple[str, ...]:
        """Gives the hashes that are still wanted."""
        for position, one in enumerate(opened.content.attachments):
            new = insert_new(
                connection,
                tables.attachments,
                {
                    "kiosk_id": sender.kiosk_id,
                    "sha256": one.sha256,
                    "size": one.size,
                    "offset": 0,
                    "complete": False,
                },
            )
            if not new and self._size_of(connection, sender, one.sha256) != one.size:
                raise _Reject("an attachment of this hash has another size")
            connection.execute(
                insert(tables.submission_attachments).values(
                    kiosk_id=sender.kiosk_id,
                    submission_id=opened.item.id,
                    sha256=one.sha256,
                    position=position,
                    name=one.name,
                    media_type=one.media_type,
                    plain_sha256=one.plain_sha256,
                )
            )
        return self._missing(connection, sender, opened.item.id)

    def _open_case(self, connection: Connection, sender: Sender, opened: Opened, *, complete: bool) -> audit.Entry:
        item, content, document = opened.item, complaints.kept(opened.content), opened.document
        assert document is not None  # the opener gives one with every SUBMISSION
        now = self._clock.now()
        nik = complaints.searchable_nik(content)
        calendar = load_calendar(connection, self._zone)
        state = CasePublicState.RECEIVED if complete else CasePublicState.INCOMPLETE
        stage = document.stages[0]
        inserted = insert_new(
            connection,
            tables.cases,
            {
                "tracking_code": item.tracking_code,
                "kiosk_id": sender.kiosk_id,
                "submission_id": item.id,
                "service_id": item.service,
                "agency_id": document.agency.id,
                "pack_version": item.pack_version,
                "form_id": content.form_id,
                "form_version": item.form_version,
                "language": content.language[:8],
                "state": state.value,
                "stage": stage.id,
                "opened_at": now,
                "made_at": content.made_at,
                "updated_at": now,
                "due_at": calendar.due(now, document.standard.working_days),
                "stage_due_at": calendar.due(now, stage.working_days),
                "complete": complete,
                "note": "",
                "violations": list(opened.violations),
                "content": self._vault.close(content.model_dump_json().encode()),
                "nik_index": self._vault.nik_index(nik) if nik else None,
                "privacy": content.privacy,
                "steps": 1,
            },
        )
        if not inserted:
            raise _Reject("the tracking code stands on another submission")
        connection.execute(
            insert(tables.case_steps).values(
                tracking_code=item.tracking_code,
                n=1,
                at=now,
                action="open",
                state=state.value,
                stage=stage.id,
                actor=kiosk_actor(sender.kiosk_id).id,
                note="",
            )
        )
        case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == item.tracking_code)).one()
        public = self._cases.state_of(connection, case)
        feed.append(connection, sender.kiosk_id, FeedType.CASE, public.model_dump(mode="json"), now)
        return audit.Entry(kiosk_actor(sender.kiosk_id).id, "case.open", f"case:{item.tracking_code}")

    def _take_answer(self, connection: Connection, sender: Sender, opened: Opened) -> audit.Entry:
        entry = self._cases.answered(
            connection,
            kiosk_actor(sender.kiosk_id),
            opened.item.tracking_code,
            opened.item.id,
            sender.kiosk_id,
            opened.content.text.strip(),
        )
        if entry is None:
            raise _Reject("no case has this tracking code")
        return entry

    def _repeat(self, connection: Connection, sender: Sender, one: "_Prepared") -> ItemAnswer:
        """The id was stored before: by the same content, or by other."""
        sent = tables.submissions.c
        row = connection.execute(
            select(sent.sha256, sent.received_at).where(sent.kiosk_id == sender.kiosk_id, sent.id == one.id)
        ).one()
        if row.sha256 != one.sha256:
            return ItemAnswer(
                id=one.id, status=ItemStatus.CONFLICT, reason="this id was stored before with other content"
            )
        return ItemAnswer(
            id=one.id,
            status=ItemStatus.DUPLICATE,
            missing=self._missing(connection, sender, one.id),
            received_at=row.received_at,
        )

    def _missing(self, connection: Connection, sender: Sender, item_id: str) -> tuple[str, ...]:
        link, blob = tables.submission_attachments, tables.attachments
        return tuple(
            connection.execute(
                select(link.c.sha256)
                .join(blob, (blob.c.kiosk_id == link.c.kiosk_id) & (blob.c.sha256 == link.c.sha256))
                .where(
                    link.c.kiosk_id == sender.kiosk_id,
                    link.c.submission_id == item_id,
                    blob.c.complete.is_(False),
                )
                .order_by(link.c.position)
            ).scalars()
        )

    def _size_of(self, connection: Connection, sender: Sender, sha256: str) -> int:
        blob = tables.attachments.c
        return int(
            connection.execute(
                select(blob.size).where(blob.kiosk_id == sender.kiosk_id, blob.sha256 == sha256)
            ).scalar_one()
        )

    def _note_rejection(self, connection: Connection, sender: Sender, one: "_Prepared", answer: ItemAnswer) -> None:
        insert_new(
            connection,
            tables.rejections,
            {
                "kiosk_id": sender.kiosk_id,
                "submission_id": one.id,
                "sha256": one.sha256,
                "status": answer.status.value,
                "reason": answer.reason,
                "at": self._clock.now(),
            },
        )

    def _ack_through(self, connection: Connection, sender: Sender) -> int:
        kiosk, sent = tables.kiosks.c, tables.submissions.c
        through = int(connection.execute(select(kiosk.ack_through).where(kiosk.id == sender.kiosk_id)).scalar_one())
        begun = through
        following = connection.execute(
            select(sent.kiosk_seq)
            .where(sent.kiosk_id == sender.kiosk_id, sent.kiosk_seq > through)
            .order_by(sent.kiosk_seq)
        ).scalars()
        for seq in following:
            if seq > through + 1:
                break
            through = seq
        if through != begun:
            connection.execute(update(tables.kiosks).where(kiosk.id == sender.kiosk_id).values(ack_through=through))
        return through


@dataclass(frozen=True)
class _Prepared:
    id: str
    sha256: str
    item: SubmissionItem | None
    #: None when the id was known before opening.
    opened: Opened | Refused | None


def _malformed(raw: Any, error: ValidationError) -> _Prepared | None:
    item_id = raw.get("id") if isinstance(raw, dict) else None
    try:
        ItemAnswer.model_validate({"id": item_id, "status": ItemStatus.REJECTED})
    except ValidationError:
        _log.warning("intake.item_without_id")
        return None
    claimed = raw.get("sha256")
    members = sorted({str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]})
    return _Prepared(
        str(item_id),
        claimed[:64] if isinstance(claimed, str) else "",
        None,
        Refused(f"not as agreed: {', '.join(members)}"),
    )


def _rejected(item_id: str, reason: str) -> ItemAnswer:
    return ItemAnswer(id=item_id, status=ItemStatus.REJECTED, reason=reason[:REASON_CHARACTERS])


def enough_disk(folder: Path, reserve: int) -> bool:
    """New work is refused before the disk is full; feed and acknowledgements go on."""
    return shutil.disk_usage(folder).free >= reserve
