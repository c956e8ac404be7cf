"""How server and keeper speak: a request is one byte of operation, a length and that many bytes; an answer a length and bytes.

=======  =======================================================  =====================================================
``o``    JSON: envelopes to open and check, see ``openings``       JSON: what came of each
``p``    four bytes of a pack's number, and its archive            nothing
``u``    one byte of length, a key id, and a sealed blob           a byte that says whether it was opened, and the plain
``k``    nothing                                                   JSON: key ids and public keys (base64), the newest first
``n``    nothing                                                   the id of a new key
=======  =======================================================  =====================================================

The keeper speaks first: an answer that is empty when it is ready, or says why it is not. Where the machine cannot take its network
away it is ready all the same, and says so.
"""

import struct
from typing import BinaryIO, Final

OPEN: Final = b"o"
PACK: Final = b"p"
UNSEAL: Final = b"u"
PUBLIC_KEYS: Final = b"k"
NEW_KEY: Final = b"n"

REQUEST: Final = struct.Struct(">cI")
ANSWER: Final = struct.Struct(">I")
PACK_NUMBER: Final = struct.Struct(">I")
OPENED: Final = b"\x01"
NOT_OPENED: Final = b"\x00"
#: Begins what a keeper says that is ready and still has a network.
NETWORK: Final = b"network: "


def answer(line: BinaryIO, content: bytes) -> None:
    line.write(ANSWER.pack(len(content)) + content)
    line.flush()
