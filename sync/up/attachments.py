"""Attachments on their way up: by hash, in chunks, from the last byte that the server has durably."""

import logging
from typing import Final

from kiosk.ports import Clock, Failpoint
from kiosk.store import Store
from kiosk.store.outbox import AttachmentInfo
from kiosk.submissions.outbox import OutboxView
from protocol.limits import CHUNK_BYTES
from protocol.outbox.waiting import WaitReason
from sync.client import Answer, Client, Outcome

logger = logging.getLogger(__name__)

#: Several chunks in one turn at most, so that a new envelope does not wait for a long upload.
CHUNKS_PER_TURN: Final = 8
#: After this many uploads of the same bytes that the server found to be others, the envelope is parked.
WRONG_HASH_TRIES: Final = 3
#: What the server does not want is left out for this long.
SET_ASIDE_S: Final = 600.0
_LOOK_AHEAD: Final = 16
_TYPE: Final = "application/octet-stream"


class AttachmentDelivery:
    """Not thread-safe; belongs to the outbox's loop."""

    def __init__(self, store: Store, client: Client, clock: Clock, outbox: OutboxView, failpoint: Failpoint) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._changed = outbox.changed
        self._waits = outbox.waits
        self._failpoint = failpoint
        #: Bytes that the server has, as far as this run of the program knows.
        self._offsets: dict[str, int] = {}
        self._restarts: dict[str, int] = {}

    def deliver(self) -> Answer | None:
        """Some chunks of one attachment. None: nothing to be sent now."""
        aside = self._waits.parts()
        for info in self._store.outbox.undelivered_attachments(_LOOK_AHEAD + len(aside)):
            if info.sha256 not in aside:
                return self._upload(info)
        return None

    def _upload(self, info: AttachmentInfo) -> Answer:
        content = self._store.outbox.attachment_bytes(info.sha256)
        if content is None:
            raise RuntimeError(f"attachment {info.sha256} is undelivered and erased")
        if info.sha256 not in self._offsets:
            answer = self._ask_offset(info)
            if info.sha256 not in self._offsets:
                return answer
        answer = Answer(Outcome.OK)
        for _ in range(CHUNKS_PER_TURN):
            offset = self._offsets.get(info.sha256)
            if offset is None:
                break
            answer = self._send_chunk(info, content, offset)
            if not answer.ok:
                break
        return answer

    def _ask_offset(self, info: AttachmentInfo) -> Answer:
        answer = self._client.request("HEAD", _path(info))
        if answer.ok:
            self._note(info, answer)
            if info.sha256 not in self._offsets:
                return answer
        elif answer.outcome is Outcome.NOT_FOUND:
            return self._unknown(info, answer)
        elif answer.outcome in (Outcome.REJECTED, Outcome.CONFLICT, Outcome.SERVER_ERROR):
            self._set_aside(info, answer)
        return answer

    def _send_chunk(self, info: AttachmentInfo, content: bytes, offset: int) -> Answer:
        chunk = content[offset : offset + CHUNK_BYTES]
        self._failpoint("attachment.before_patch")
        answer = self._client.request(
            "PATCH",
            _path(info),
            body=chunk,
            headers={"Content-Type": _TYPE, "Upload-Offset": str(offset), "Upload-Length": str(info.size)},
        )
        self._failpoint("attachment.after_patch")
        if answer.ok:
            self._note(info, answer)
        elif answer.outcome is Outcome.CONFLICT:
            return self._other_offset(info, answer, offset)
        elif answer.outcome is Outcome.NOT_FOUND:
            return self._unknown(info, answer)
        elif answer.outcome in (Outcome.REJECTED, Outcome.SERVER_ERROR):
            self._offsets.pop(info.sha256, None)
            self._set_aside(info, answer)
        else:
            # The chunk may or may not have become durable: ask again.
            self._offsets.pop(info.sha256, None)
        return answer

    def _note(self, info: AttachmentInfo, answer: Answer) -> None:
        if answer.headers.get("Upload-Complete") == "?1":
            self._failpoint("attachment.before_acknowledge")
            self._store.outbox.attachment_delivered(info.sha256, self._clock.now())
            self._failpoint("attachment.after_acknowledge")
            self._forget(info)
            self._changed()
            return
        offset = _offset(answer)
        if offset is not None and 0 <= offset < info.size:
            self._offsets[info.sha256] = offset
        else:
            # All bytes are there and it is not said that they are right: HEAD tells next time.
            self._offsets.pop(info.sha256, None)

    def _other_offset(self, info: AttachmentInfo, answer: Answer, sent_from: int) -> Answer:
        offset = _offset(answer)
        self._offsets.pop(info.sha256, None)
        if offset is None or not 0 <= offset < info.size:
            return self._set_aside(info, answer)
        if offset <= sent_from:
            # The server dropped what it had: it lost a disk, or the bytes were others than their hash says.
            self._restarts[info.sha256] = self._restarts.get(info.sha256, 0) + 1
            if self._restarts[info.sha256] >= WRONG_HASH_TRIES:
                self._store.outbox.park(info.kiosk_seq, "an attachment does not arrive as it was sealed")
                self._forget(info)
                self._changed()
                return Answer(Outcome.OK)
        self._offsets[info.sha256] = offset
        return Answer(Outcome.OK)

    def _unknown(self, info: AttachmentInfo, answer: Answer) -> Answer:
        """The server knows no submission with this attachment: it lost it, so it is sent from the beginning."""
        self._forget(info)
        logger.warning("envelope %d is sent again: the server does not know its attachment", info.kiosk_seq)
        self._store.outbox.send_again(info.kiosk_seq)
        self._changed()
        return self._set_aside(info, answer)

    def _set_aside(self, info: AttachmentInfo, answer: Answer) -> Answer:
        self._waits.hold(info.kiosk_seq, WaitReason.LEFT_OUT, SET_ASIDE_S, part=info.sha256)
        return answer

    def _forget(self, info: AttachmentInfo) -> None:
        self._offsets.pop(info.sha256, None)
        self._restarts.pop(info.sha256, None)


def _path(info: AttachmentInfo) -> str:
    return f"/v1/attachments/{info.sha256}"


def _offset(answer: Answer) -> int | None:
    value = answer.headers.get("Upload-Offset", "")
    return int(value) if value.isdigit() else None
