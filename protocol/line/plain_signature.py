"""The signature of a request as ``signing.sign`` writes it, read without the library at a quarter of its cost.

RFC 9421 can say the same in many ways. Whatever is not written exactly like this is left to the library, which judges it by
the whole standard; so is what does not hold, for it to say why.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

_INPUT: Final = re.compile(
    r"([a-z][a-z0-9]*)="
    r'(\("@method" "@request-target" "ekios-protocol"( "content-digest")?\)'
    r';created=(\d{1,11});keyid="([0-9A-Za-z-]+)";alg="ed25519"(?:;expires=(\d{1,11}))?'
    r';nonce="([0-9A-Za-z_-]+)";tag="ekios")',
    re.ASCII,
)
_SIGNATURE: Final = re.compile(r"([a-z][a-z0-9]*)=:([A-Za-z0-9+/]{86}==):", re.ASCII)
#: What stands in the base as it is, so nothing in it may look like another line.
_METHOD: Final = re.compile(r"[A-Z]+", re.ASCII)
_URL: Final = re.compile(r"https?://[^/?#\s]+(/[A-Za-z0-9._~/-]*(?:\?[A-Za-z0-9._~=&-]+)?)", re.ASCII)
_VERSION: Final = re.compile(r"\d{1,9}", re.ASCII)
_DIGEST: Final = re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlainSignature:
    kiosk_id: str
    nonce: str
    #: Seconds of the epoch.
    created: int
    expires: int | None
    content_digest: str | None
    _base: bytes
    _signature: bytes

    def holds(self, public_key: bytes) -> bool:
        try:
            VerifyKey(public_key).verify(self._base, self._signature)
        except (BadSignatureError, ValueError, TypeError):
            return False
        return True


def read(method: str, url: str, headers: Mapping[str, str]) -> PlainSignature | None:
    """None where it is written in another way."""
    fields = {name.lower(): value for name, value in headers.items()}
    if len(fields) != len(headers):
        return None
    said = _INPUT.fullmatch(fields.get("signature-input", ""))
    signature = _SIGNATURE.fullmatch(fields.get("signature", ""))
    target = _URL.fullmatch(url)
    version = fields.get("ekios-protocol", "")
    if said is None or signature is None or target is None or said[1] != signature[1]:
        return None
    if not _METHOD.fullmatch(method) or not _VERSION.fullmatch(version):
        return None
    lines = [f'"@method": {method}', f'"@request-target": {target[1]}', f'"ekios-protocol": {version}']
    digest = None
    if said[3]:
        digest = fields.get("content-digest", "")
        if not _DIGEST.fullmatch(digest):
            return None
        lines.append(f'"content-digest": {digest}')
    lines.append(f'"@signature-params": {said[2]}')
    return PlainSignature(
        kiosk_id=said[5],
        nonce=said[7],
        created=int(said[4]),
        expires=None if said[6] is None else int(said[6]),
        content_digest=digest,
        _base="\n".join(lines).encode(),
        _signature=base64.b64decode(signature[2]),
    )
