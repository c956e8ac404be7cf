"""What came on a USB stick, and what was refused and is kept: for administrators."""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from protocol.messages import ItemStatus
from protocol.outbox.exports import ExportRefused
from server.submissions.outbox_import import ImportReport, KioskShutOut, UnknownKiosk
from server.submissions.quarantine import REASON_LEAST, REASON_MOST, Entry
from server.web.fleet.pages import ADMINS
from server.web.frame.access import Pages, Visit
from server.web.frame.visitor import Visitor

PATH: Final = "/fleet/carried"
#: What a browser sends at once; a larger file is taken in by the operator's command.
FILE_BYTES: Final = 200_000_000
#: Kept items on the page, oldest first, and tried again by one touch.
SHOWN: Final = 50

pages = Pages()


@pages.get(PATH, ADMINS)
def carried(visitor: Visit) -> Response:
    return _page(visitor)


@pages.post(PATH, ADMINS, limit=FILE_BYTES + 10_000)
async def take_in(visitor: Visit) -> Response:
    file = visitor.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(visitor, 400, visitor.say("carried.problem.no_file"))
    return await run_in_threadpool(_take_in, visitor, file)


@pages.post(PATH + "/again", ADMINS)
def again(visitor: Visit) -> Response:
    """The one that the form names, or all that the page shows."""
    named = _entry(visitor)
    entries = [named] if named is not None else [one.entry for one in visitor.deps.quarantine.entries(SHOWN)]
    found = [visitor.deps.quarantine.try_again(visitor.signed_in.actor, one) for one in entries]
    if not all(found) or not found:
        return visitor.go(PATH, "bad/carried.gone")
    taken = [one for one in found if one not in (ItemStatus.REJECTED, ItemStatus.CONFLICT)]
    outcome = (
        "good/carried.taken" if len(taken) == len(found) else "wait/carried.some" if taken else "bad/carried.still"
    )
    return visitor.go(PATH, outcome)


@pages.post(PATH + "/discard", ADMINS)
def discard(visitor: Visit) -> Response:
    entry, reason = _entry(visitor), visitor.text("reason", REASON_MOST + 1).strip()
    if entry is None:
        return visitor.go(PATH, "bad/carried.gone")
    try:
        gone = visitor.deps.quarantine.discard(visitor.signed_in.actor, entry, reason)
    except ValueError:
        return visitor.go(PATH, "bad/carried.reason")
    return visitor.go(PATH, "good/carried.discarded" if gone else "bad/carried.gone")


def _take_in(visitor: Visitor, file: UploadFile) -> Response:
    try:
        report = visitor.deps.outbox_import.take(visitor.signed_in.actor, file.file)
    except ExportRefused as refused:
        return _page(visitor, 400, visitor.say(f"carried.problem.{refused.fault.value}"))
    except UnknownKiosk:
        return _page(visitor, 400, visitor.say("carried.problem.unknown_kiosk"))
    except KioskShutOut as out:
        when = visitor.formatting.short_moment(out.at)
        return _page(visitor, 400, visitor.say("carried.problem.shut_out", when=when))
    return _page(visitor, report=report)


def _entry(visitor: Visitor) -> Entry | None:
    kiosk, item = visitor.text("kiosk", 36), visitor.text("item", 36)
    return Entry(kiosk, item, visitor.text("sha256", 64)) if kiosk and item else None


def _page(visitor: Visitor, status: int = 200, problem: str = "", report: ImportReport | None = None) -> Response:
    quarantine, moment = visitor.deps.quarantine, visitor.formatting.short_moment
    kept = quarantine.entries(SHOWN)
    return visitor.render(
        "fleet/carried.html",
        status,
        problem=problem,
        report=_told(visitor, report) if report is not None else None,
        total=quarantine.count(),
        shown=SHOWN,
        least=REASON_LEAST,
        most=REASON_MOST,
        kept=[
            {
                "entry": one.entry,
                "kiosk": one.kiosk,
                "service": one.service,
                "reason": one.reason,
                "since": moment(one.kept_at),
                "tried": moment(one.tried_at) if one.tried_at else "",
                "size": visitor.say("carried.size", kilobytes=max(1, round(one.size / 1_000))),
            }
            for one in kept
        ],
    )


def _told(visitor: Visitor, report: ImportReport) -> dict[str, Any]:
    return {
        "kiosk": report.kiosk,
        "kiosk_id": report.kiosk_id,
        "made": visitor.formatting.short_moment(report.made_at),
        "new": report.new,
        "known": report.known,
        "attachments": report.attachments,
        "not_taken": report.not_taken,
        "reasons": sorted({one.reason for one in report.refused}),
    }
