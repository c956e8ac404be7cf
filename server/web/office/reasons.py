"""What somebody who gave a reason may see, for a while: carried by links, so that it works without scripts and tables.

It is bound to the officer and the case. The reason itself stands in the log, written when it was given.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from server.web.frame.visitor import Visitor

#: How long numbers and pictures can be looked at before a reason is asked for again.
SHOWN_FOR: Final = timedelta(minutes=15)
REASON_LEAST: Final = 5
REASON_MOST: Final = 200
_MAC_BYTES: Final = 16


def given(visitor: Visitor, code: str) -> str:
    """The value of ``shown`` in the links of a page that shows what was masked."""
    ends = int((visitor.deps.clock.now() + SHOWN_FOR).timestamp())
    return f"{ends}.{_mac(visitor, code, ends)}"


def asked(visitor: Visitor) -> str:
    """What the link that was followed carries, whether it holds or not."""
    return visitor.request.query_params.get("shown", "")[:80]


def holds(visitor: Visitor, code: str) -> bool:
    """Whether the officer gave a reason for this case, not too long ago."""
    ends, _, mac = asked(visitor).partition(".")
    if not ends.isascii() or not ends.isdigit() or len(ends) > 12:
        return False
    fresh = datetime.fromtimestamp(int(ends), visitor.deps.clock.now().tzinfo) >= visitor.deps.clock.now()
    return fresh and hmac.compare_digest(mac.encode(), _mac(visitor, code, int(ends)).encode())


def _mac(visitor: Visitor, code: str, ends: int) -> str:
    said = "\0".join((visitor.signed_in.id, code, str(ends))).encode()
    key = visitor.deps.keys.vault
    return blake2b(said, key=key, digest_size=_MAC_BYTES, person=b"shown for reason").hexdigest()
