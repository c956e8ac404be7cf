"""Taking submissions in: each id once, for ever, with the same answer however often it comes.

Envelopes are opened first; then one transaction writes everything that the batch brings. What is new in it is
written together (``server.submissions.case_opening``); only when one of it cannot be written does the transaction begin anew with
a savepoint for each, so that one that is refused leaves the others alone. Batches of one kiosk wait for each other,
those of two kiosks do not.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, select, update

from protocol.messages import BatchAnswer, ItemAnswer, ItemKind, ItemStatus, SubmissionItem
from server.cases import complaints
from server.fleet.quotas import Granted, Quotas
from server.fleet.ration import Asked, Ration, Shares
from server.foundation.actors import kiosk_actor
from server.foundation.failpoints import Failpoints
from server.foundation.vault import Vault
from server.storage import tables
from server.storage.transactions import insert_new, take_turns
from server.submissions.case_opening import CaseOpening, Unwritable
from server.submissions.opening import Opened, Opener, Refused
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

REASON_CHARACTERS: Final = 200
#: What the audit log calls what came in.
_LOGGED: Final = {
    ItemKind.SUBMISSION: "case.open",
    ItemKind.ANSWER: "case.answer",
    ItemKind.OBJECTION: "case.objection",
    ItemKind.REOPENING: "case.reopening",
}

_log = structlog.get_logger("server.submissions.intake")


@dataclass(frozen=True)
class Sender:
    """The kiosk that signed the request."""

    kiosk_id: str
    kiosk_part: str


@dataclass(frozen=True)
class _Prepared:
    id: str
    sha256: str
    opened: Opened | Refused


@dataclass(frozen=True)
class _Done:
    """What came of a batch: answers in its order."""

    answers: tuple[ItemAnswer, ...]
    through: int
    shares: Shares


class OverQuota(Exception):
    """Nothing of the batch was taken; after so many seconds some of it will be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"over quota for {seconds} s")
        self.seconds = seconds


class Intake:
    def __init__(
        self,
        units: UnitsOfWork,
        opener: Opener,
        opening: CaseOpening,
        quotas: Quotas,
        vault: Vault,
        failpoints: Failpoints,
    ) -> None:
        self._units = units
        self._opener = opener
        self._opening = opening
        self._ration = Ration(quotas, vault)
        self._failpoints = failpoints

    def take(
        self,
        sender: Sender,
        raw_items: Sequence[Any],
        first: Callable[[Connection], None] = lambda _: None,
        *,
        rationed: bool = True,
    ) -> BatchAnswer:
        """Answers each item, in order. One without a usable id cannot be answered and is left out.

        What is over a quota is left out as well, and stands in ``later``: it stays at the kiosk until then. Raises
        OverQuota when that is all of it, for the kiosk's own sake. ``first`` begins the transaction that writes all;
        what it raises ends it. Not ``rationed``: a person has it taken in, and the quotas are neither asked nor used.
        """
        prepared = self._prepare(sender, raw_items)
        self._failpoints.reach("submissions.opened")

        def write(work: UnitOfWork, together: bool) -> _Done:
            work.after_commit(lambda: self._failpoints.reach("submissions.committed"))
            first(work.connection)
            return self._write(work, sender, prepared, together, rationed)

        actor = kiosk_actor(sender.kiosk_id)
        try:
            done = self._units.run(actor, lambda work: write(work, True))
        except Unwritable:
            done = self._units.run(actor, lambda work: write(work, False))
        if done.shares.of_kiosk and not done.answers:
            raise OverQuota(Granted(0, min(done.shares.later.values())).seconds)
        later = {one: wait.total_seconds() for one, wait in done.shares.later.items()}
        return BatchAnswer(answers=done.answers, ack_through=done.through, later=later)

    # --- before the transaction ---------------------------------------------------------------------------------

    def _prepare(self, sender: Sender, raw_items: Sequence[Any]) -> list[_Prepared]:
        """Also what was sent before is opened: to ask for each batch costs more than the few that come twice."""
        parsed = (_parsed(raw) for raw in raw_items)
        return [
            one
            if isinstance(one, _Prepared)
            else _Prepared(one.id, one.sha256, self._opener.open(sender.kiosk_id, sender.kiosk_part, one))
            for one in parsed
            if one is not None
        ]

    # --- within it ----------------------------------------------------------------------------------------------

    def _write(
        self, work: UnitOfWork, sender: Sender, prepared: Sequence[_Prepared], together: bool, rationed: bool
    ) -> _Done:
        connection = work.connection
        take_turns(connection, f"intake {sender.kiosk_id}")
        known = _known(connection, sender, [one.id for one in prepared])
        asked = [_asked(one) for one in prepared if one.id not in known]
        shares = self._ration.share(work, sender.kiosk_id, asked) if rationed else Shares()
        prepared = [one for one in prepared if one.id not in shares.later]
        fresh = _fresh(prepared, known)
        submissions = [one for one in fresh if one.item.kind is ItemKind.SUBMISSION]
        if together:
            answers = self._write_together(work, sender, submissions)
        else:
            answers = self._write_alone(work, sender, submissions)
        answers |= self._write_answers(work, sender, [one for one in fresh if one.item.kind is not ItemKind.SUBMISSION])
        given: list[ItemAnswer] = []
        for one in prepared:
            # Taken out, so that the same id once more in this batch is a repetition.
            answer = answers.pop(one.id, None)
            if answer is None:
                answer = self._repeat(connection, sender, one)
            elif answer.status is not ItemStatus.REJECTED and isinstance(one.opened, Opened):
                work.audit(_LOGGED[one.opened.item.kind], f"case:{one.opened.item.tracking_code}")
            if answer.status in (ItemStatus.REJECTED, ItemStatus.CONFLICT):
                _note_rejection(work, sender, one, answer)
            given.append(answer)
        through = _ack_through(connection, sender)
        work.write_log()
        self._failpoints.reach("submissions.written")
        return _Done(tuple(given), through, shares)

    def _write_together(self, work: UnitOfWork, sender: Sender, submissions: Sequence[Opened]) -> dict[str, ItemAnswer]:
        """Raises Unwritable when one of them cannot be written; the transaction is void then."""
        if not submissions:
            return {}
        return {one.id: one for one in self._opening.write(work, sender.kiosk_id, submissions)}

    def _write_alone(self, work: UnitOfWork, sender: Sender, submissions: Sequence[Opened]) -> dict[str, ItemAnswer]:
        written = {}
        for one in submissions:
            try:
                with work.savepoint():
                    (written[one.item.id],) = self._opening.write(work, sender.kiosk_id, [one])
            except Unwritable as refusal:
                written[one.item.id] = _rejected(one.item.id, str(refusal))
        return written

    def _write_answers(self, work: UnitOfWork, sender: Sender, fresh: Sequence[Opened]) -> dict[str, ItemAnswer]:
        """Citizens' answers to questions, objections and reopenings; in their order, and after the cases that the batch opens."""
        written = {}
        for one in fresh:
            try:
                with work.savepoint():
                    written[one.item.id] = self._opening.write_answer(work, sender.kiosk_id, one)
            except Unwritable as refusal:
                written[one.item.id] = _rejected(one.item.id, str(refusal))
        return written

    def _repeat(self, connection: Connection, sender: Sender, one: _Prepared) -> ItemAnswer:
        """The id was stored before: by the same content, or by other. Or it is refused."""
        sent = tables.submissions.c
        row = connection.execute(
            select(sent.sha256, sent.received_at).where(sent.kiosk_id == sender.kiosk_id, sent.id == one.id)
        ).first()
        if row is None:
            # When it is not refused itself, it stands twice in this batch and was refused the first time.
            reason = one.opened.reason if isinstance(one.opened, Refused) else "refused in the same batch"
            return _rejected(one.id, reason)
        if row.sha256 != one.sha256:
            return ItemAnswer(
                id=one.id, status=ItemStatus.CONFLICT, reason="this id was stored before with other content"
            )
        return ItemAnswer(
            id=one.id,
            status=ItemStatus.DUPLICATE,
            missing=_missing(connection, sender, one.id),
            received_at=row.received_at,
        )


def _note_rejection(work: UnitOfWork, sender: Sender, one: _Prepared, answer: ItemAnswer) -> None:
    insert_new(
        work.connection,
        tables.rejections,
        {
            "kiosk_id": sender.kiosk_id,
            "submission_id": one.id,
            "sha256": one.sha256,
            "status": answer.status.value,
            "reason": answer.reason,
            "at": work.now,
        },
    )


def _parsed(raw: Any) -> "SubmissionItem | _Prepared | None":
    try:
        return SubmissionItem.model_validate(raw)
    except ValidationError as error:
        return _malformed(raw, error)


def _asked(one: _Prepared) -> Asked:
    """As the quotas see it; what is refused counts as well."""
    if not isinstance(one.opened, Opened):
        return Asked(one.id, ItemKind.SUBMISSION)
    kind, content = one.opened.item.kind, one.opened.content
    # Of an anonymous complaint not even a count is kept under a NIK.
    identity = None if content.privacy == complaints.ANONYMOUS else content.identity
    return Asked(one.id, kind, identity.nik if identity is not None and kind is ItemKind.SUBMISSION else None)


def _known(connection: Connection, sender: Sender, ids: Sequence[str]) -> frozenset[str]:
    """Which ids this kiosk has sent before."""
    sent = tables.submissions.c
    query = select(sent.id).where(sent.kiosk_id == sender.kiosk_id, sent.id.in_(ids))
    return frozenset(connection.execute(query).scalars())


def _fresh(prepared: Sequence[_Prepared], known: frozenset[str]) -> list[Opened]:
    """What is opened and not yet stored, each id once."""
    found: dict[str, Opened] = {}
    for one in prepared:
        if isinstance(one.opened, Opened) and one.id not in known:
            found.setdefault(one.id, one.opened)
    return list(found.values())


def _missing(connection: Connection, sender: Sender, item_id: str) -> tuple[str, ...]:
    """Hashes of the attachments that are still wanted."""
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


def _ack_through(connection: Connection, sender: Sender) -> int:
    """The highest number up to which every ``kiosk_seq`` is here; it is written down when it rose."""
    kiosk, sent = tables.kiosks.c, tables.submissions.c
    above = (sent.kiosk_id == kiosk.id) & (sent.kiosk_seq > kiosk.ack_through)
    rows = connection.execute(
        select(kiosk.ack_through, sent.kiosk_seq)
        .select_from(tables.kiosks.outerjoin(tables.submissions, above))
        .where(kiosk.id == sender.kiosk_id)
        .order_by(sent.kiosk_seq)
    ).all()
    begun = through = int(rows[0].ack_through)
    for _, seq in rows:
        if seq is None or seq > through + 1:
            break
        through = seq
    if through != begun:
        connection.execute(update(tables.kiosks).where(kiosk.id == sender.kiosk_id).values(ack_through=through))
    return through


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
        Refused(f"not as agreed: {', '.join(members)}"),
    )


def _rejected(item_id: str, reason: str) -> ItemAnswer:
    return ItemAnswer(id=item_id, status=ItemStatus.REJECTED, reason=reason[:REASON_CHARACTERS])


def enough_disk(folder: Path, reserve: int) -> bool:
    """New work is refused before the disk is full; feed and acknowledgements go on."""
    return shutil.disk_usage(folder).free >= reserve
