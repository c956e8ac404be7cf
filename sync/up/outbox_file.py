"""The outbox as a file for a USB stick (``protocol.outbox.exports``): all that the server has not acknowledged."""

import json
from collections.abc import Iterator
from typing import Final

from nacl.signing import SigningKey

from kiosk.kiosk import Kiosk
from kiosk.store.outbox import OPEN_STATES
from protocol.limits import CHUNK_BYTES
from protocol.outbox.exports import SUFFIX, ItemRecord, PieceRecord, Record, encode
from sync.enrolment import Enrolment
from sync.up.items import item

_NAME: Final = "ekios-{part}-{at:%Y%m%d-%H%M%S}" + SUFFIX


class OutboxFile:
    """Implements ``kiosk.ports.OutboxFile``. What is acknowledged while it is written is left out or not; either is well."""

    def __init__(self, kiosk: Kiosk, enrolment: Enrolment) -> None:
        self._kiosk = kiosk
        self._enrolment = enrolment
        self._made_at = kiosk.clock.now()
        self.name = _NAME.format(part=enrolment.kiosk_part, at=self._made_at)
        self.items = 0

    def pieces(self) -> Iterator[bytes]:
        sealer = self._kiosk.ports.sealer
        return encode(
            city=self._enrolment.city.name,
            kiosk_id=self._enrolment.kiosk_id,
            made_at=self._made_at,
            key_id=sealer.key_id,
            seal=sealer.seal,
            sign=SigningKey(self._enrolment.private_key),
            records=self._records(),
        )

    def _records(self) -> Iterator[Record]:
        outbox = self._kiosk.store.outbox
        self.items = 0
        for seq in self._kiosk.store.open_items.seqs():
            envelope = outbox.get(seq)
            if envelope is None or envelope.state not in OPEN_STATES:
                continue
            attachments = outbox.attachments_of(seq)
            self.items += 1
            yield ItemRecord(json.dumps(item(envelope, attachments)).encode())
            for one in attachments:
                content = None if one.delivered else outbox.attachment_bytes(one.sha256)
                for start in range(0, len(content or b""), CHUNK_BYTES):
                    yield PieceRecord(one.sha256, (content or b"")[start : start + CHUNK_BYTES])
