"""What a person compares before a kiosk is approved: one fingerprint of both sides' keys.

Whoever stands between a new kiosk and the city could hand it keys of their own, and read all that is sealed to them. So the
fingerprint covers everything that the kiosk will trust: its own key as the server has it, the city's keys for sealing, for
badges, documents and answers, the root of its packs, and where slips send people. The office shows the one that the server
made, the kiosk's screen the one that the kiosk made; they are equal only when both hold the same.
"""

import hashlib
from typing import Final

from protocol.messages import City

#: Hex digits that are shown and compared, in groups of four: 96 bits.
SHOWN: Final = 24
_GROUP: Final = 4


def fingerprint(kiosk_key: bytes, city: City, tuf_root: bytes) -> str:
    """SHA-256 in hex. ``kiosk_key``: the kiosk's Ed25519 public key; ``tuf_root``: the root metadata it was given."""
    digest = hashlib.sha256(b"ekios-enrolment 1")
    sealing = (part for key in city.sealing_keys for part in (key.key_id.encode(), key.public_key))
    for part in (kiosk_key, city.name.encode(), city.tracking_base.encode(), city.badge_key, tuf_root, *sealing):
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.hexdigest()


def shown(digest: str) -> str:
    """The beginning of a fingerprint as both sides show it: ``8F0A 12C4 …``."""
    digits = digest[:SHOWN].upper()
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def same(typed: str, digest: str) -> bool:
    """Whether somebody typed or sent what ``shown`` gives, with or without its spaces."""
    return "".join(typed.split()).upper() == digest[:SHOWN].upper()
