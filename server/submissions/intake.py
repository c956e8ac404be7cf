"""Taking submissions in: each id once, for ever, with the same answer however often it comes.

Envelopes are opened first; then one transaction writes everything that batches of several kiosks bring, with as many
statements for all of them as for one (``server.submissions.case_opening``). Only when something of it cannot be written
does each batch get a transaction of its own (``server.api.groups.together``), and within it each item a savepoint, so that one that
is refused leaves the others alone. Batches of one kiosk wait for each other.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, select

from protocol.messages import BatchAnswer, ItemAnswer, ItemKind, ItemStatus, SubmissionItem
from protocol.signing import Verified
from server.cases import complaints
from server.fleet.quotas import Granted, Quotas
from server.fleet.ration import Asked as Rationed
from server.fleet.ration import Ration, Shares
from server.foundation.actors import SYSTEM, kiosk_actor
from server.foundation.failpoints import Failpoints
from server.foundation.vault import Vault
from server.front_door.signing_clock import SigningClock
from server.storage import tables
from server.storage.transactions import insert_new, take_turns
from server.submissions import ack_through
from server.submissions.case_opening import CaseOpening, Unwritable
from server.submissions.opened_apart import OpenedApart
from server.submissions.opening import Opened, Refused
from server.submissions.openings import Asked
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

REASON_CHARACTERS: Final = 200
#: What the audit log calls what came in.
_LOGGED: Final = {
    ItemKind.SUBMISSION: "case.open",
    ItemKind.ANSWER: "case.answer",
    ItemKind.OBJECTION: "case.objection",
    ItemKind.REOPENING: "case.reopening",
}

#: A kiosk's id, and that of what it sent.
_Key = tuple[str, str]
# Not by pairs: SQLite reads the whole table for a row value in a list.
_SENT: Final = select(tables.submissions.c.kiosk_id, tables.submissions.c.id).where(
    tables.submissions.c.kiosk_id.in_(bindparam("kiosks", expanding=True)),
    tables.submissions.c.id.in_(bindparam("ids", expanding=True)),
)

_log = structlog.get_logger("server.submissions.intake")


@dataclass(frozen=True)
class Sender:
    """The kiosk that signed the request."""

    kiosk_id: str
    kiosk_part: str


@dataclass(frozen=True)
class Arrival:
    """What one request brought. ``items`` are as they came; ``signed``: the request, whose nonce is still to be written down,
    None where there was none. Not ``rationed``: a person has it taken in, and the quotas are neither asked nor used."""

    sender: Sender
    items: Sequence[Any]
    signed: Verified | None = None
    rationed: bool = True


@dataclass(frozen=True)
class _Prepared:
    id: str
    sha256: str
    opened: Opened | Refused


@dataclass(frozen=True)
class Batch:
    """An arrival whose envelopes are open."""

    sender: Sender
    items: tuple[_Prepared, ...]
    signed: Verified | None = None
    rationed: bool = True

    @property
    def kiosk_id(self) -> str:
        return self.sender.kiosk_id


class OverQuota(Exception):
    """Nothing of the batch was taken; after so many seconds some of it will be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"over quota for {seconds} s")
        self.seconds = seconds


class SeenBefore(Exception):
    """This very request came before, or so much later than it was signed that nobody can tell; nothing of it was taken."""


#: What comes of a batch.
Taken = BatchAnswer | OverQuota | SeenBefore


class Intake:
    def __init__(
        self,
        units: UnitsOfWork,
        opener: OpenedApart,
        opening: CaseOpening,
        quotas: Quotas,
        vault: Vault,
        signing_clock: SigningClock,
        failpoints: Failpoints,
    ) -> None:
        self._units = units
        self._opener = opener
        self._opening = opening
        self._ration = Ration(quotas, vault)
        self._signing_clock = signing_clock
        self._failpoints = failpoints

    def take(self, sender: Sender, raw_items: Sequence[Any], *, rationed: bool = True) -> BatchAnswer:
        """One batch: answers each item, in order. One without a usable id cannot be answered and is left out.

        What is over a quota is left out as well, and stands in ``later``: it stays at the kiosk until then. Raises
        OverQuota when that is all of it, for the kiosk's own sake.
        """
        (taken,) = self.take_all(self.open_all([Arrival(sender, raw_items, rationed=rationed)]))
        if not isinstance(taken, BatchAnswer):
            raise taken
        return taken

    # --- before the transaction ---------------------------------------------------------------------------------

    def open_all(self, arrivals: Sequence[Arrival]) -> list[Batch]:
        """Also what was sent before is opened: to ask for each batch costs more than the few that come twice.

        Raises KeeperAway: nothing is known of any of them.
        """
        parsed = [[one for raw in arrival.items if (one := _parsed(arrival.sender, raw))] for arrival in arrivals]
        asked = [one for batch in parsed for one in batch if isinstance(one, Asked)]
        opened = iter(self._opener.open_all(asked))
        batches = [
            Batch(
                arrival.sender,
                tuple(
                    _Prepared(one.item.id, one.item.sha256, next(opened)) if isinstance(one, Asked) else one
                    for one in batch
                ),
                arrival.signed,
                arrival.rationed,
            )
            for arrival, batch in zip(arrivals, parsed, strict=True)
        ]
        self._failpoints.reach("submissions.opened")
        return batches

    # --- within it ----------------------------------------------------------------------------------------------

    def take_all(self, batches: Sequence[Batch]) -> list[Taken]:
        """As :meth:`take`, for batches of as many kiosks in one transaction; what comes of each, in their order.

        When it raises, nothing was taken. It raises Unwritable for several when something in one of them cannot be stored:
        then each has to be given alone.
        """

        def write(work: UnitOfWork, together: bool) -> list[Taken]:
            work.after_commit(lambda: self._failpoints.reach("submissions.committed"))
            signed = [one.signed for one in batches if one.signed is not None]
            fresh = self._signing_clock.remember_all(work.connection, signed)
            new = {one.kiosk_id: one for one in batches if one.signed is None or one.kiosk_id in fresh}
            # In one order for all processes, so that none of them holds what another one waits for.
            taken = self._write(work, [new[kiosk_id] for kiosk_id in sorted(new)], together)
            work.write_log()
            self._failpoints.reach("submissions.written")
            return [taken.get(one.kiosk_id) or SeenBefore() for one in batches]

        try:
            return self._units.run(SYSTEM, lambda work: write(work, True))
        except Unwritable:
            if len(batches) > 1:
                raise
        return self._units.run(SYSTEM, lambda work: write(work, False))

    def _write(self, work: UnitOfWork, batches: Sequence[Batch], together: bool) -> dict[str, Taken]:
        """What comes of each kiosk's batch."""
        if not batches:
            return {}
        connection = work.connection
        take_turns(connection, *(f"intake {batch.kiosk_id}" for batch in batches))
        known = _known(connection, batches)
        asked = {
            batch.kiosk_id: [_asked(one) for one in batch.items if (batch.kiosk_id, one.id) not in known]
            for batch in batches
            if batch.rationed
        }
        shares = {batch.kiosk_id: Shares() for batch in batches} | self._ration.share(work, asked)
        batches = [
            replace(batch, items=tuple(one for one in batch.items if one.id not in shares[batch.kiosk_id].later))
            for batch in batches
        ]
        fresh = [one for batch in batches for one in _fresh(batch, known)]
        submissions = [one for one in fresh if one.item.kind is ItemKind.SUBMISSION]
        answers = self._write_together(work, submissions) if together else self._write_alone(work, submissions)
        answers |= self._write_answers(work, [one for one in fresh if one.item.kind is not ItemKind.SUBMISSION])
        stored = [one for one in fresh if answers[_key(one)].status is not ItemStatus.REJECTED]
        given = {batch.kiosk_id: self._given(work, batch, answers) for batch in batches}
        through = ack_through.move_on(connection, [(one.content.kiosk_id, one.item.kiosk_seq) for one in stored], given)
        return {
            kiosk_id: _taken(given[kiosk_id], through[kiosk_id], share) for kiosk_id, share in sorted(shares.items())
        }

    def _given(self, work: UnitOfWork, batch: Batch, answers: dict[_Key, ItemAnswer]) -> list[ItemAnswer]:
        """The answers of a batch, in its order; takes them out of ``answers``."""
        given = []
        with work.acting(kiosk_actor(batch.kiosk_id)):
            for one in batch.items:
                # Taken out, so that the same id once more in this batch is a repetition.
                answer = answers.pop((batch.kiosk_id, one.id), None)
                if answer is None:
                    answer = self._repeat(work.connection, batch.sender, one)
                elif answer.status is not ItemStatus.REJECTED and isinstance(one.opened, Opened):
                    work.audit(_LOGGED[one.opened.item.kind], f"case:{one.opened.item.tracking_code}")
                if answer.status in (ItemStatus.REJECTED, ItemStatus.CONFLICT):
                    _note_rejection(work, batch.sender, one, answer)
                given.append(answer)
        return given

    def _write_together(self, work: UnitOfWork, submissions: Sequence[Opened]) -> dict[_Key, ItemAnswer]:
        """Raises Unwritable when one of them cannot be written; the transaction is void then."""
        if not submissions:
            return {}
        answers = self._opening.write(work, submissions)
        return {_key(one): answer for one, answer in zip(submissions, answers, strict=True)}

    def _write_alone(self, work: UnitOfWork, submissions: Sequence[Opened]) -> dict[_Key, ItemAnswer]:
        written = {}
        for one in submissions:
            try:
                with work.savepoint():
                    (written[_key(one)],) = self._opening.write(work, [one])
            except Unwritable as refusal:
                written[_key(one)] = _rejected(one.item.id, str(refusal))
        return written

    def _write_answers(self, work: UnitOfWork, fresh: Sequence[Opened]) -> dict[_Key, ItemAnswer]:
        """Citizens' answers to questions, objections and reopenings; in their order, and after the cases that the batch opens."""
        written = {}
        for one in fresh:
            try:
                with work.savepoint(), work.acting(kiosk_actor(one.content.kiosk_id)):
                    written[_key(one)] = self._opening.write_answer(work, one)
            except Unwritable as refusal:
                written[_key(one)] = _rejected(one.item.id, str(refusal))
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


def _parsed(sender: Sender, raw: Any) -> Asked | _Prepared | None:
    try:
        return Asked(sender.kiosk_id, sender.kiosk_part, SubmissionItem.model_validate(raw), raw)
    except ValidationError as error:
        return _malformed(raw, error)


def _asked(one: _Prepared) -> Rationed:
    """As the quotas see it; what is refused counts as well."""
    if not isinstance(one.opened, Opened):
        return Rationed(one.id, ItemKind.SUBMISSION)
    kind, content = one.opened.item.kind, one.opened.content
    # Of an anonymous complaint not even a count is kept under a NIK.
    identity = None if content.privacy == complaints.ANONYMOUS else content.identity
    return Rationed(one.id, kind, identity.nik if identity is not None and kind is ItemKind.SUBMISSION else None)


def _known(connection: Connection, batches: Sequence[Batch]) -> frozenset[_Key]:
    """Which ids these kiosks have sent before."""
    wanted = {
        "kiosks": [batch.kiosk_id for batch in batches],
        "ids": list({one.id for batch in batches for one in batch.items}),
    }
    return frozenset((kiosk_id, item_id) for kiosk_id, item_id in connection.execute(_SENT, wanted))


def _fresh(batch: Batch, known: frozenset[_Key]) -> list[Opened]:
    """What is opened and not yet stored, each id once."""
    found: dict[str, Opened] = {}
    for one in batch.items:
        if isinstance(one.opened, Opened) and (batch.kiosk_id, one.id) not in known:
            found.setdefault(one.id, one.opened)
    return list(found.values())


def _key(one: Opened) -> _Key:
    return one.content.kiosk_id, one.item.id


def _taken(answers: Sequence[ItemAnswer], through: int, shares: Shares) -> Taken:
    if shares.of_kiosk and not answers:
        return OverQuota(Granted(0, min(shares.later.values())).seconds)
    later = {one: wait.total_seconds() for one, wait in shares.later.items()}
    return BatchAnswer(answers=tuple(answers), ack_through=through, later=later)


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
