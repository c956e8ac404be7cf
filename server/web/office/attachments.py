"""Pictures and files that citizens sent: only for those in scope, and only as what they are.

What is no JPEG or PNG by its own bytes is handed out as a download, whatever it calls itself. Nothing that a citizen
sent can run here: no sniffing, and a policy that forbids everything.
"""

import re
from typing import Final

from starlette.responses import Response

from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.headers import DOCUMENT_POLICY
from server.web.frame.visitor import OFFICE
from server.web.office import queries

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UNSAFE_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")
NAME_CHARACTERS: Final = 80

pages = Pages()


@pages.get("/office/cases/{code}/documents/{sha256}", Rule(OFFICE))
def attachment(visitor: Visit, code: str, sha256: str) -> Response:
    if not _SHA256.fullmatch(sha256):
        raise not_found()
    deps, actor = visitor.deps, visitor.signed_in.actor
    with deps.engine.connect() as connection:
        place = queries.document_place(connection, actor, code, sha256)
    opened = deps.attachments.open(place.kiosk_id, place.submission_id, sha256) if place else None
    if opened is None:
        raise not_found()
    with deps.units.begin(actor) as work:
        work.audit("case.document", f"case:{code}", {"sha256": sha256})
    media_type = sniffed(opened.data)
    return Response(
        opened.data,
        media_type=media_type or "application/octet-stream",
        headers={
            "content-disposition": f'{"inline" if media_type else "attachment"}; filename="{safe_name(opened.name)}"',
            "content-security-policy": DOCUMENT_POLICY,
            "cache-control": "no-store",
        },
    )


def sniffed(data: bytes) -> str | None:
    """``image/jpeg`` or ``image/png`` by the first bytes; None for everything else."""
    if data.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if data.startswith(PNG) else None


def safe_name(name: str) -> str:
    """``name`` with nothing that a header or a file system could take for something else."""
    return _UNSAFE_IN_NAMES.sub("_", name)[-NAME_CHARACTERS:].lstrip(".") or "berkas"
