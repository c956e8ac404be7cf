"""Envelopes on their way up: choosing a batch, sending it, and doing what the answer says of each item."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from kiosk.cases.case import CaseStateName
from kiosk.events import Bus, Received
from kiosk.ports import Clock, Failpoint
from kiosk.store import Store
from kiosk.store.outbox import Envelope
from kiosk.submissions.outbox import OutboxView
from protocol.limits import BATCH_BYTES, BATCH_ITEMS
from protocol.messages import BatchAnswer, ItemAnswer, ItemKind, ItemStatus
from protocol.outbox.waiting import WaitReason
from sync.client import Answer, Client, Outcome
from sync.up.items import item

logger = logging.getLogger(__name__)

PATH: Final = "/v1/submissions"
#: An item that alone makes the server fail is left out for this long, so that the others go on: longer than the
#: longest pause between two tries.
SET_ASIDE_S: Final = 900.0
#: So often the server refuses a single item for what it is (``Answer.final``) before it is parked.
REFUSALS: Final = 3
#: So many failures in a row before items are tried one by one.
SERVER_ERRORS: Final = 3
_FRAME: Final = len('{"items":[]}')


@dataclass(frozen=True, slots=True)
class _Packed:
    envelope: Envelope
    text: str


class EnvelopeDelivery:
    """Not thread-safe; belongs to the outbox's loop."""

    def __init__(
        self, store: Store, client: Client, clock: Clock, bus: Bus, outbox: OutboxView, failpoint: Failpoint
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._bus = bus
        self._changed = outbox.changed
        self._waits = outbox.waits
        self._failpoint = failpoint
        self._refusals: dict[int, int] = {}
        self._server_errors = 0

    def deliver(self) -> Answer | None:
        """One batch. None: nothing waits that may be sent now. What is not OK is for the caller to wait about."""
        batch = self._choose()
        return self._send(batch) if batch else None

    def _choose(self) -> list[_Packed]:
        """Newest, oldest, second newest …: a fresh slip does not wait for a backlog, nor the backlog for ever."""
        aside = self._waits.envelopes()
        reach = BATCH_ITEMS + len(aside)
        with self._store.transaction():
            # In one transaction: a citizen may send between the two.
            newest = self._store.outbox.waiting_seqs(reach, newest=True)
            oldest = self._store.outbox.waiting_seqs(reach, newest=False)
        chosen: list[_Packed] = []
        size = _FRAME
        for seq in _in_turns(newest, oldest):
            if seq in aside:
                continue
            envelope = self._store.outbox.get(seq)
            if envelope is None:
                continue
            packed = _Packed(
                envelope, json.dumps(item(envelope, self._store.outbox.attachments_of(envelope.kiosk_seq)))
            )
            if chosen and (size + len(packed.text) + 1 > BATCH_BYTES or len(chosen) == BATCH_ITEMS):
                break
            chosen.append(packed)
            size += len(packed.text) + 1
        return chosen

    def _send(self, batch: Sequence[_Packed]) -> Answer:
        body = '{"items":[' + ",".join(packed.text for packed in batch) + "]}"
        self._failpoint("outbox.before_post")
        answer = self._client.post(PATH, body.encode())
        self._failpoint("outbox.after_post")
        if answer.ok:
            self._server_errors = 0
            return self._take(answer, batch)
        if answer.outcome is Outcome.REJECTED:
            return self._narrow(answer, batch)
        if answer.outcome in (Outcome.SERVER_ERROR, Outcome.NOT_FOUND, Outcome.CONFLICT):
            return self._probe(Answer(Outcome.SERVER_ERROR, answer.status, detail=answer.detail), batch)
        return answer

    def _narrow(self, answer: Answer, batch: Sequence[_Packed]) -> Answer:
        """The server refuses a whole batch: find the item that it refuses, and let the others through."""
        if len(batch) > 1:
            half = len(batch) // 2
            first = self._send(batch[:half])
            second = self._send(batch[half:])
            return first if not first.ok else second
        seq = batch[0].envelope.kiosk_seq
        if not answer.final:
            # Refused for how it was sent, not for what it is: another server's version may take it.
            self._leave_out(seq, answer, WaitReason.REFUSED_ONCE)
            return answer
        self._refusals[seq] = self._refusals.get(seq, 0) + 1
        if self._refusals[seq] < REFUSALS:
            self._leave_out(seq, answer, WaitReason.REFUSED_ONCE)
        else:
            del self._refusals[seq]
            self._store.outbox.park(seq, f"the server does not take it: {answer.detail}")
            self._changed()
        return answer

    def _probe(self, answer: Answer, batch: Sequence[_Packed]) -> Answer:
        """The server fails. Is it down, or is there one item that it fails at? One alone tells, in a later turn."""
        self._server_errors += 1
        if self._server_errors < SERVER_ERRORS:
            return answer
        if len(batch) == 1:
            self._leave_out(batch[0].envelope.kiosk_seq, answer)
            return answer
        self._server_errors = SERVER_ERRORS
        probe = self._send(batch[:1])
        return self._narrow(answer, batch[1:]) if probe.ok else probe

    def _leave_out(self, seq: int, answer: Answer, reason: WaitReason = WaitReason.LEFT_OUT) -> None:
        self._waits.hold(seq, reason, SET_ASIDE_S)
        logger.warning("envelope %d is left out for a while: %s", seq, answer.detail)

    def _take(self, answer: Answer, batch: Sequence[_Packed]) -> Answer:
        try:
            batch_answer = BatchAnswer.model_validate_json(answer.body)
        except ValidationError:
            return answer.unreadable("the answer to a batch")
        answers = {item.id: item for item in batch_answer.answers}
        unanswered = 0
        for packed in batch:
            item, later = answers.get(packed.envelope.id), batch_answer.later.get(packed.envelope.id)
            if item is not None:
                self._apply(packed.envelope, item)
            elif later is not None:
                # A quota is used up: of this citizen, or of this kiosk. The others go on.
                self._waits.hold(packed.envelope.kiosk_seq, WaitReason.QUOTA, min(later, SET_ASIDE_S))
            else:
                unanswered += 1
                self._leave_out(packed.envelope.kiosk_seq, answer)
        self._changed()
        if unanswered == len(batch):
            return answer.unreadable("the answer to a batch")
        return answer

    def _apply(self, envelope: Envelope, item: ItemAnswer) -> None:
        if item.status in (ItemStatus.REJECTED, ItemStatus.CONFLICT):
            reason = item.reason if item.status is ItemStatus.REJECTED else f"conflict: {item.reason}"
            self._store.outbox.park(envelope.kiosk_seq, reason or item.status.value)
            logger.warning("envelope %d is parked: %s", envelope.kiosk_seq, reason)
            return
        received_at = item.received_at or self._clock.now()
        with self._store.transaction():
            self._store.outbox.delivered(envelope.kiosk_seq, received_at, item.missing, self._clock.now())
            news = envelope.kind is ItemKind.SUBMISSION and self._store.receipts.received(
                envelope.tracking_code,
                received_at,
                waiting_state=CaseStateName.STORED_HERE,
                state=CaseStateName.RECEIVED,
            )
            self._failpoint("outbox.before_acknowledge")
        self._failpoint("outbox.after_acknowledge")
        if news:
            self._bus.publish(Received(envelope.tracking_code, received_at))


def _in_turns(newest: Sequence[int], oldest: Sequence[int]) -> Sequence[int]:
    mixed = [seq for pair in zip(newest, oldest, strict=True) for seq in pair]
    return tuple(dict.fromkeys(mixed))
