"""Pictures and files that citizens sent: only for those in scope, only for a reason, and only as what they are.

Before a reason is given a picture is masked as a whole, and a file is not handed out. What is no JPEG or PNG by its own
bytes is a download, whatever it calls itself. Nothing that a citizen sent can run here: no sniffing, and a policy that
forbids everything.
"""

import re
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from protocol import tracking
from server.submissions.attachments import OpenedAttachment
from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.headers import DOCUMENT_POLICY
from server.web.frame.visitor import OFFICE, Visitor
from server.web.office import queries, reasons

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UNSAFE_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")
NAME_CHARACTERS: Final = 80
#: Stands for a picture that cannot be opened; what was sent can still be handed out for a reason.
UNREADABLE: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#8a9296"/>'
    b'<path d="M130 90l60 60m0-60l-60 60" stroke="#fff" stroke-width="8"/></svg>'
)
#: A picture is enlarged to so many times the window.
ZOOM_MOST: Final = 4

pages = Pages()


@pages.get("/office/cases/{code}/documents/{sha256}", Rule(OFFICE))
def attachment(visitor: Visit, code: str, sha256: str) -> Response:
    opened = _opened(visitor, code, sha256)
    if not reasons.holds(visitor, code):
        return visitor.go(f"/office/cases/{code}/pictures/{sha256}")
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
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


@pages.get("/office/cases/{code}/masked/{sha256}", Rule(OFFICE))
def masked(visitor: Visit, code: str, sha256: str) -> Response:
    """The picture so that one sees what it is of, and reads nothing. That the case was opened is in the log."""
    made = visitor.deps.pictures.masked(_opened(visitor, code, sha256).data)
    kind = "image/jpeg" if made is not None else "image/svg+xml"
    return Response(made or UNREADABLE, media_type=kind, headers={"cache-control": "no-store"})


@pages.get("/office/cases/{code}/pictures/{sha256}", Rule(OFFICE))
def picture(visitor: Visit, code: str, sha256: str) -> Response:
    return _viewer(visitor, code, sha256)


@pages.post("/office/cases/{code}/pictures/{sha256}/reason", Rule(OFFICE))
def give_reason(visitor: Visit, code: str, sha256: str) -> Response:
    """Numbers and pictures of the case in clear for a while, for a reason, which the audit log keeps."""
    reason = visitor.text("reason", reasons.REASON_MOST).strip()
    if len(reason) < reasons.REASON_LEAST:
        problem = visitor.say("case.nik.short", n=reasons.REASON_LEAST)
        return _viewer(visitor, code, sha256, problem=problem, status=400)
    with visitor.deps.engine.connect() as connection:
        if not queries.documents(connection, visitor.signed_in.actor, code):
            raise not_found()
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
        work.audit("case.read", f"case:{code}", {"reason": f"pictures shown: {reason}"})
    return visitor.go(f"/office/cases/{code}/pictures/{sha256}?shown={reasons.given(visitor, code)}")


def _viewer(visitor: Visitor, code: str, sha256: str, *, problem: str = "", status: int = 200) -> Response:
    """One picture, with the way to the others; turned and enlarged by links, so that it works without scripts."""
    with visitor.deps.engine.connect() as connection:
        documents = queries.documents(connection, visitor.signed_in.actor, code)
    hashes = [one.sha256 for one in documents]
    if sha256 not in hashes:
        raise not_found()
    place = hashes.index(sha256)
    query = visitor.request.query_params
    turn, zoom = _whole(query.get("turn", "")) % 4, max(1, min(ZOOM_MOST, _whole(query.get("zoom", ""), 1)))
    shown = reasons.asked(visitor) if reasons.holds(visitor, code) else ""
    here = f"/office/cases/{code}/pictures/{sha256}"

    def way(sign: str, turn: int = turn, zoom: int = zoom) -> str:
        return f"/office/cases/{code}/pictures/{sign}?" + urlencode({"shown": shown, "turn": turn, "zoom": zoom})

    return visitor.render(
        "office/picture.html",
        status,
        code=code,
        shown_code=tracking.display(code),
        shown=shown,
        source=f"/office/cases/{code}/documents/{sha256}?shown={shown}"
        if shown
        else f"/office/cases/{code}/masked/{sha256}",
        document=documents[place],
        place=place + 1,
        count=len(documents),
        turn=turn,
        zoom=zoom,
        problem=problem,
        reason_path=f"{here}/reason",
        back=f"/office/cases/{code}" + (f"?shown={shown}" if shown else ""),
        larger=way(sha256, zoom=zoom + 1) if zoom < ZOOM_MOST else "",
        smaller=way(sha256, zoom=zoom - 1) if zoom > 1 else "",
        turned=way(sha256, turn=(turn + 1) % 4),
        before=way(hashes[place - 1], 0, 1) if place else "",
        after=way(hashes[place + 1], 0, 1) if place + 1 < len(hashes) else "",
    )


def _opened(visitor: Visitor, code: str, sha256: str) -> OpenedAttachment:
    if not _SHA256.fullmatch(sha256):
        raise not_found()
    with visitor.deps.engine.connect() as connection:
        documents = queries.documents(connection, visitor.signed_in.actor, code)
    found = next((one for one in documents if one.sha256 == sha256), None)
    opened = visitor.deps.attachments.open(found.kiosk_id, found.submission_id, sha256) if found else None
    if opened is None:
        raise not_found()
    return opened


def _whole(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else otherwise


def sniffed(data: bytes) -> str | None:
    """``image/jpeg`` or ``image/png`` by the first bytes; None for everything else."""
    if data.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if data.startswith(PNG) else None


def safe_name(name: str) -> str:
    """``name`` with nothing that a header or a file system could take for something else."""
    return _UNSAFE_IN_NAMES.sub("_", name)[-NAME_CHARACTERS:].lstrip(".") or "berkas"
