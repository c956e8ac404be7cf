"""An envelope as the line carries it: a ``SubmissionItem``, in a batch or in a file."""

import base64
from collections.abc import Iterable
from typing import Any

from kiosk.store.outbox import AttachmentInfo, Envelope


def item(envelope: Envelope, attachments: Iterable[AttachmentInfo]) -> dict[str, Any]:
    return {
        "id": envelope.id,
        "kind": envelope.kind.value,
        "kiosk_seq": envelope.kiosk_seq,
        "tracking_code": envelope.tracking_code,
        "service": envelope.service,
        "form_version": envelope.form_version,
        "pack_version": envelope.pack_version,
        "key_id": envelope.key_id,
        "sha256": envelope.sha256,
        "sealed": base64.b64encode(envelope.sealed).decode(),
        "attachments": [{"sha256": one.sha256, "size": one.size} for one in attachments],
        "device_time": envelope.device_time.isoformat(),
        "boot_id": envelope.boot_id,
    }
