"""The city's sealing keys as a kiosk's feed carries them: a signed document, so that nobody else's key is ever sealed to.

Among the values of a ``settings`` event, under SETTING; kiosks that do not know it keep the keys of their enrolment,
which the city can open for ever. ``version`` is how many keys the city has made, so it only rises.
"""

import base64
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from protocol.documents import DocumentRefused, SignedDocument, sign, verify
from protocol.messages import SealingKey

SETTING: Final = "sealing_keys"
_NAME: Final = "sealing-keys"
_KEYS: Final = TypeAdapter(tuple[SealingKey, ...])


def write(keys: tuple[SealingKey, ...], made_at: datetime, key: bytes) -> dict[str, Any]:
    """``keys``: the one to seal to first; ``key``: the city's Ed25519 seed for badges and documents."""
    body = _KEYS.dump_json(keys).decode()
    version = len(keys)
    document = {
        "name": _NAME,
        "version": version,
        "made_at": made_at.isoformat(),
        "body": body,
        "signature": base64.b64encode(sign(_NAME, version, made_at, body, key)).decode(),
    }
    return document


def read(value: Any, verify_key: bytes) -> tuple[int, tuple[SealingKey, ...]]:
    """Version and keys. Raises DocumentRefused for what this city did not sign."""
    try:
        document = SignedDocument.model_validate(value)
        if document.name != _NAME:
            raise DocumentRefused("another document")
        verify(document, verify_key)
        keys = _KEYS.validate_json(document.body)
    except ValidationError as error:
        raise DocumentRefused("not as agreed") from error
    if not keys:
        raise DocumentRefused("no key")
    return document.version, keys
