"""Facts of line, storage, clock and versions in words: pairs of a name and its value."""

from datetime import datetime

from kiosk.machine.line_state import LineFacts, LineSpeed
from protocol.line.releases import ProgramState
from screens.navigation.flow import Flow

Lines = tuple[tuple[str, str], ...]

_MB = 1_000_000


def line_facts(flow: Flow, facts: LineFacts | None) -> Lines:
    """``facts`` None: not asked yet, or there is no line."""
    texts, state, outbox = flow.texts, flow.staff.machine.line_state(), flow.staff.context.outbox()
    nothing = texts("staff.fact.none")
    signal = facts.signal if facts is not None else None
    last = state.last_contact if state is not None else None
    return (
        (texts("staff.fact.state"), texts(f"staff.line.{state.condition.lower()}") if state is not None else nothing),
        (texts("staff.fact.server"), facts.server if facts is not None else nothing),
        (texts("staff.fact.own_address"), (facts.own_address if facts is not None else "") or nothing),
        (
            texts("staff.fact.signal"),
            texts("staff.fact.cable") if signal is None else f"{flow.formatting.number(round(signal * 100))} %",
        ),
        (texts("staff.fact.last_contact"), _moment(flow, last)),
        (
            texts("staff.outbox"),
            " · ".join((texts.count("staff.waiting", outbox.waiting), texts.count("staff.parked", outbox.parked))),
        ),
    )


def speed_text(flow: Flow, speed: LineSpeed) -> str:
    if speed.round_trip_s is None:
        return flow.texts("staff.line.no_answer")
    trip = flow.formatting.number(round(speed.round_trip_s * 1000))
    if speed.bytes_per_s is None:
        return flow.texts("staff.line.trip", ms=trip)
    return flow.texts("staff.line.speed", ms=trip, kb=flow.formatting.number(round(speed.bytes_per_s / 1000)))


def storage_facts(flow: Flow) -> Lines:
    texts, storage = flow.texts, flow.staff.machine.storage()
    state = flow.staff.context.snapshot().components["storage"]
    conditions = ", ".join(texts(f"staff.condition.{str(one).lower()}") for one in sorted(state.conditions))
    return (
        (
            texts("staff.fact.state"),
            conditions or texts(f"staff.availability.{str(state.availability).lower()}"),
        ),
        (texts("staff.fact.free"), _megabytes(flow, storage.free)),
        (texts("staff.fact.reserve"), _megabytes(flow, storage.reserve)),
        (texts("staff.fact.database"), _megabytes(flow, storage.database)),
        (texts("staff.fact.opened"), texts(f"staff.opening.{storage.opening.lower()}")),
    )


def clock_facts(flow: Flow) -> Lines:
    texts, clock = flow.texts, flow.staff.machine.clock()
    correction = clock.correction
    seconds = texts("staff.fact.none") if correction is None else f"{correction.total_seconds():+.1f} s"
    return (
        (texts("staff.fact.now"), _moment(flow, clock.now)),
        (texts("staff.fact.correction"), seconds),
        (texts("staff.fact.asked_at"), _moment(flow, clock.asked_at)),
        (texts("staff.fact.zone"), flow.context.identity.time_zone),
    )


def version_facts(flow: Flow) -> Lines:
    texts, versions = flow.texts, flow.staff.machine.versions()
    kept = ", ".join(
        texts("staff.versions.kept", number=pack.version, when=flow.formatting.day(pack.installed_at))
        for pack in versions.kept
    )
    lines = [
        (texts("staff.fact.software"), versions.software),
        *_release(flow, versions.program),
        (texts("staff.fact.pack"), texts("staff.versions.pack", number=versions.in_force)),
    ]
    if kept:
        lines.append((texts("staff.fact.kept"), kept))
    if versions.held_back is not None and versions.held_back > versions.in_force:
        lines.append((texts("staff.fact.held_back"), texts("staff.versions.pack", number=versions.held_back)))
    if versions.problem:
        lines.append((texts("staff.fact.problem"), versions.problem))
    return tuple(lines)


def _release(flow: Flow, program: ProgramState | None) -> Lines:
    """Of the program: which release runs, and which one it went back from."""
    if program is None:
        return ()
    texts = flow.texts
    runs = texts("staff.release.number", number=program.number) if program.number else texts("staff.release.installed")
    lines = [(texts("staff.fact.release"), texts("staff.release.tried", release=runs) if program.trying else runs)]
    if program.bad:
        went_back = texts("staff.release.bad", number=program.bad, reason=program.reason)
        lines.append((texts("staff.fact.release_bad"), went_back))
    return tuple(lines)


def faults(flow: Flow) -> tuple[tuple[str, bool], ...]:
    """The newest first: what it was and when, and whether it stands."""
    texts, moment = flow.texts, flow.formatting.moment
    shown = []
    for fault in flow.staff.machine.faults():
        words = ", ".join(texts(f"staff.condition.{name.lower()}") for name in fault.conditions)
        what = words or texts(f"staff.availability.{fault.availability.lower()}")
        name, began = texts(f"staff.component.{fault.component}"), moment(fault.began)
        if fault.ended is None:
            shown.append((texts("staff.faults.stands", name=name, what=what, began=began), True))
        else:
            text = texts("staff.faults.over", name=name, what=what, began=began, ended=moment(fault.ended))
            shown.append((text, False))
    return tuple(shown)


def _moment(flow: Flow, at: datetime | None) -> str:
    return flow.texts("staff.fact.none") if at is None else flow.formatting.moment(at)


def _megabytes(flow: Flow, number: int) -> str:
    return f"{flow.formatting.number(round(number / _MB, 1 if number < 10 * _MB else None))} MB"
