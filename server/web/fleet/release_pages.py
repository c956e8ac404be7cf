"""The kiosks' program: what was released, how far it has come, and what administrators do about it."""

import tempfile
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from protocol.line.releases import ReleaseRefused
from server.fleet.releases.archive import unpacked
from server.fleet.releases.releases import NOTE_CHARACTERS, SHOWN, VERSION_CHARACTERS, ReleaseOutcome
from server.fleet.releases.states import KioskStep, ReleaseState
from server.foundation.actors import Role
from server.web.fleet.pages import ADMINS
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor

PATH: Final = "/fleet/releases"
LOOKING: Final = only(Role.ADMIN, Role.COMMAND)
#: What a browser sends at once; a larger one is released by the operator's command.
ZIP_BYTES: Final = 500_000_000
REASON_LEAST: Final = 5

_TONES: Final = {
    ReleaseState.ROLLING: "wait",
    ReleaseState.PAUSED: "plain",
    ReleaseState.STOPPED: "bad",
    ReleaseState.DONE: "good",
    ReleaseState.REPLACED: "plain",
    ReleaseState.TAKEN_BACK: "bad",
}
_STEP_TONES: Final = {
    KioskStep.OFFERED: "plain",
    KioskStep.TRYING: "wait",
    KioskStep.PROVEN: "good",
    KioskStep.FAILED: "bad",
}

pages = Pages()


@pages.get(PATH, LOOKING)
def releases(visitor: Visit) -> Response:
    return _list(visitor)


@pages.post(PATH, ADMINS, limit=ZIP_BYTES + 10_000)
async def publish(visitor: Visit) -> Response:
    file = visitor.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _list(visitor, visitor.say("release.problem.no_file"))
    return await run_in_threadpool(_publish, visitor, file)


@pages.get(PATH + "/{number}", LOOKING)
def release(visitor: Visit, number: str) -> Response:
    return _one(visitor, number)


@pages.post(PATH + "/{number}/pause", ADMINS)
def pause(visitor: Visit, number: str) -> Response:
    return _done(visitor, number, visitor.deps.releases.pause(_number(number), visitor.signed_in.actor), "paused")


@pages.post(PATH + "/{number}/go-on", ADMINS)
def go_on(visitor: Visit, number: str) -> Response:
    return _done(visitor, number, visitor.deps.releases.go_on(_number(number), visitor.signed_in.actor), "goes_on")


@pages.post(PATH + "/{number}/take-back", ADMINS)
def take_back(visitor: Visit, number: str) -> Response:
    reason = visitor.text("reason", NOTE_CHARACTERS).strip()
    if len(reason) < REASON_LEAST:
        return _one(visitor, number, visitor.say("release.problem.reason"))
    outcome = visitor.deps.releases.take_back(_number(number), visitor.signed_in.actor, reason)
    return _done(visitor, number, outcome, "taken_back")


def _publish(visitor: Visitor, file: UploadFile) -> Response:
    version, note = visitor.text("version", VERSION_CHARACTERS + 1), visitor.text("note", NOTE_CHARACTERS)
    with tempfile.TemporaryDirectory() as folder:
        try:
            sources = unpacked(file.file, Path(folder))
            number = visitor.deps.releases.publish(sources, version, visitor.signed_in.actor, note)
        except ReleaseRefused as error:
            # Like the problems of forms, what is wrong with a package is said in the packager's words.
            return _list(visitor, visitor.say("release.problem.refused", why=error), version, note)
    return visitor.go(f"{PATH}/{number}", "good/release.published")


def _done(visitor: Visitor, number: str, outcome: ReleaseOutcome, said: str) -> Response:
    if outcome is ReleaseOutcome.NO_SUCH_RELEASE:
        raise not_found()
    kind = f"good/release.{said}" if outcome is ReleaseOutcome.DONE else "bad/release.not_now"
    return visitor.go(f"{PATH}/{number}", kind)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _list(visitor: Visitor, problem: str = "", version: str = "", note: str = "") -> Response:
    deps = visitor.deps
    running = deps.releases.running()
    fleet = sum(running.values())
    return visitor.render(
        "fleet/releases.html",
        400 if problem else 200,
        releases=[_shown(visitor, row) | {"runs": running.get(row.number, 0)} for row in deps.releases.rows()],
        fleet=fleet,
        installed=running.get(0, 0),
        unable=running.get(None, 0),
        may_release=visitor.signed_in.role is Role.ADMIN,
        megabytes=ZIP_BYTES // 1_000_000,
        problem=problem,
        version=version,
        note=note,
    )


def _one(visitor: Visitor, number: str, problem: str = "") -> Response:
    releases = visitor.deps.releases
    row = releases.row(_number(number))
    if row is None:
        raise not_found()
    now = releases.counts(row.number)
    running = releases.running()
    state = ReleaseState(row.state)
    return visitor.render(
        "fleet/release.html",
        400 if problem else 200,
        release=_shown(visitor, row),
        steps=[{"key": step, "tone": _STEP_TONES[step], "number": getattr(now, step)} for step in KioskStep],
        runs=running.get(row.number, 0),
        fleet=sum(running.values()),
        kiosks=[_kiosk(visitor, one) for one in releases.kiosks(row.number)],
        more=now.touched > SHOWN,
        shown=SHOWN,
        may_act=visitor.signed_in.role is Role.ADMIN,
        may_pause=state is ReleaseState.ROLLING,
        may_go_on=state in (ReleaseState.PAUSED, ReleaseState.STOPPED),
        may_take_back=state is not ReleaseState.TAKEN_BACK,
        problem=problem,
    )


def _shown(visitor: Visitor, row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "version": row.version,
        "note": row.note,
        "when": visitor.formatting.short_moment(row.made_at),
        "state": row.state,
        "tone": _TONES[ReleaseState(row.state)],
        "ring": row.ring,
        "why": row.why,
        "files": row.files,
        "megabytes": f"{row.bytes / 1_000_000:.0f}",
        "stopped": row.state == ReleaseState.STOPPED,
        "rolling": row.state in (ReleaseState.ROLLING, ReleaseState.PAUSED, ReleaseState.STOPPED),
    }


def _kiosk(visitor: Visitor, row: Row[Any]) -> dict[str, Any]:
    def names(components: list[str]) -> str:
        return ", ".join(
            visitor.say(f"component.{one}") if visitor.site.texts.has(f"component.{one}") else one for one in components
        )

    return {
        "id": row.kiosk_id,
        "name": row.name,
        "place": row.place,
        "ring": row.ring,
        "step": row.state,
        "tone": _STEP_TONES[KioskStep(row.state)],
        "before": names(row.before),
        "after": names(row.after),
        "reason": row.reason,
        "when": visitor.formatting.short_moment(row.judged_at or row.began_at or row.offered_at),
    }
