"""Tracking: the slip or its code, the case in each of its states, and the officer's question with its answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from kiosk.cases.case import Case, CaseMessage, CaseStateName, CaseStep
from kiosk.machine.line_state import LineCondition
from kiosk.text import Text
from protocol.messages import Contest, MessageKind
from rehearsal.devices import BEGIN
from rehearsal.gallery.way import Way, forward, start

CODE: Final = "K7M29QXF0001"
QUESTION: Final = "Foto KTP terlalu gelap. Mohon tuliskan alamat lengkap pada KTP Anda."
_STAGES: Final = (
    (
        CaseStateName.RECEIVED,
        Text({"id": "Berkas diterima", "jv": "Berkas katampi", "mad": "Berkas ètarèma", "en": "Received"}),
    ),
    (
        CaseStateName.IN_REVIEW,
        Text({"id": "Pemeriksaan", "jv": "Pamriksan", "mad": "Pamarèksa'an", "en": "Examination"}),
    ),
)


def case(state: CaseStateName, note: str = "") -> Case:
    """A domicile letter that came as far as ``state``."""
    steps = [CaseStep(name, BEGIN + timedelta(hours=place), stage) for place, (name, stage) in enumerate(_STAGES)]
    if state is not CaseStateName.IN_REVIEW:
        steps.append(CaseStep(state, BEGIN + timedelta(hours=5), Text({})))
    if state in (CaseStateName.STORED_HERE, CaseStateName.RECEIVED):
        steps = steps[:1]
    return Case(
        code=CODE,
        service="domisili",
        service_name=Text({"id": "Surat Keterangan Domisili", "en": "Domicile Letter"}),
        agency_name=Text({"id": "Kelurahan dan Kecamatan", "en": "Urban Village and District Office"}),
        state=state,
        updated_at=BEGIN + timedelta(hours=5),
        received_at=BEGIN,
        due=BEGIN + timedelta(days=2),
        answer_until=BEGIN + timedelta(days=14) if state is CaseStateName.QUESTION else None,
        note=note,
        steps=tuple(steps),
    )


def _track(way: Way) -> None:
    way.flow.citizen.open_track()


def _typed(text: str) -> Callable[[Way], None]:
    def typed(way: Way) -> None:
        way.page.entry.type(text)

    return typed


def _offline(way: Way) -> None:
    way.rehearsal.line.condition = LineCondition.OFFLINE


def _no_scanner(way: Way) -> None:
    way.rehearsal.scanner.become("UNAVAILABLE", "DISCONNECTED")


def _no_slip(way: Way) -> None:
    way.citizen.hold_rubbish()


def _slip(way: Way) -> None:
    way.citizen.hold_slip(CODE)


def known(state: CaseStateName, note: str = "") -> Callable[[Way], None]:
    """The server knows the case."""

    def knows(way: Way) -> None:
        way.rehearsal.line.cases[CODE] = case(state, note)

    return knows


def _answer(way: Way) -> None:
    way.page.go_forward()


def _talk(way: Way) -> None:
    """A refusal after a question: all that was written, the way to object, the rating."""
    ask = CaseMessage("m1", MessageKind.ASK, BEGIN + timedelta(hours=2), QUESTION)
    answer = CaseMessage("m2", MessageKind.ANSWER, BEGIN + timedelta(hours=3), "Jalan Kenjeran 12, RT 3 RW 4", photos=1)
    refused = CaseMessage("m3", MessageKind.DECISION, BEGIN + timedelta(hours=5), _NOTES[CaseStateName.REJECTED])
    way.rehearsal.line.cases[CODE] = replace(
        case(CaseStateName.REJECTED),
        messages=(ask, answer, refused),
        contest=Contest.OBJECTION,
        contest_until=BEGIN + timedelta(days=29),
    )


def _object(way: Way) -> None:
    way.page.begin_contest()


_NOTES: Final = {
    CaseStateName.QUESTION: QUESTION,
    CaseStateName.REJECTED: "Alamat di luar wilayah kelurahan ini.",
}
_ASKED: Final = (known(CaseStateName.QUESTION, QUESTION), _slip)

STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "track": (start, _track),
    "track-typing": (start, _track, _typed("K7M29Q")),
    "track-unknown": (start, _track, _typed("K7M29QXF9999"), forward),
    "track-no-line": (_offline, start, _track, _typed("K7M29QXF9999"), forward),
    "track-no-slip": (start, _track, _no_slip),
    "track-keypad-only": (_no_scanner, start, _track),
    **{
        f"case-{state.value.replace('_', '-')}": (known(state, _NOTES.get(state, "")), _slip)
        for state in CaseStateName
        if state is not CaseStateName.STORED_HERE
    },
    "case-talk": (_talk, _slip),
    "case-scanned-again": (_talk, _slip, _slip),
    "objection": (_talk, _slip, _object),
    "objection-sent": (_talk, _slip, _object, _typed("Alamat saya di wilayah ini"), forward),
    "answer": (*_ASKED, _answer),
    "answer-typed": (*_ASKED, _answer, _typed("Jalan Kenjeran 12, RT 3 RW 4, Ketabang, Genteng, Surabaya")),
    "answer-sent": (*_ASKED, _answer, _typed("Jalan Kenjeran 12"), forward),
}
