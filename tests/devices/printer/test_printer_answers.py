"""Telling a printer's bytes apart."""

from __future__ import annotations

import pytest

from devices.frame import Condition
from devices.printer.answers import (
    Answer,
    AnswerReader,
    Automatic,
    Cleared,
    Finished,
    Noise,
    PaperStatus,
    RealTime,
)
from devices.printer.process_ids import ProcessIds
from devices.printer.status import PrinterStatus, automatic_conditions, process_id_answer

WELL = (0x12, 0x12, 0x12, 0x12)


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (b"\x12", [RealTime(0x12)]),
        (b"\x1a\x16", [RealTime(0x1A), RealTime(0x16)]),
        (b"\x00", [PaperStatus(0)]),
        (b"\x0f", [PaperStatus(0x0F)]),
        (b"\x10\x00\x03\x0f", [Automatic(b"\x10\x00\x03\x0f")]),
        (b"\x37\x22ABCD\x00", [Finished(b"ABCD")]),
        (b"\x37\x25\x00", [Cleared()]),
        (b"\xff\x12", [Noise(0xFF), RealTime(0x12)]),
        (b"\x12\x37\x22ABCD\x00\x12", [RealTime(0x12), Finished(b"ABCD"), RealTime(0x12)]),
    ],
)
def test_answers_are_distinguished(data: bytes, answers: list[Answer]) -> None:
    assert AnswerReader().feed(data) == answers


@pytest.mark.parametrize("data", [b"\x37\x22ABCD\x00", b"\x10\x00\x03\x0f", b"\x37\x25\x00"])
def test_an_answer_may_come_byte_by_byte(data: bytes) -> None:
    reader = AnswerReader()
    early = [reader.feed(bytes((byte,))) for byte in data[:-1]]
    assert early == [[]] * (len(data) - 1)
    assert reader.feed(data[-1:]) == AnswerReader().feed(data)


@pytest.mark.parametrize("data", [b"\x37\x22AB\x80D\x00", b"\x37\x22ABCD\x01", b"\x37\x99", b"\x10\xff"])
def test_a_damaged_answer_is_noise_and_never_an_answer(data: bytes) -> None:
    answers = AnswerReader().feed(data)
    assert Noise(data[0]) in answers
    assert not any(isinstance(answer, Finished | Automatic | Cleared) for answer in answers)


def test_an_unfinished_answer_can_be_forgotten() -> None:
    reader = AnswerReader()
    reader.feed(b"\x37\x22AB")
    assert reader.waiting
    reader.forget()
    assert reader.feed(b"\x12") == [RealTime(0x12)]


@pytest.mark.parametrize(
    ("bits", "conditions"),
    [
        (WELL, set()),
        ((0x1A, 0x16, 0x12, 0x12), {Condition.COVER_OPEN}),
        ((0x1A, 0x32, 0x12, 0x7E), {Condition.MEDIA_EMPTY}),
        ((0x12, 0x12, 0x12, 0x1E), {Condition.MEDIA_LOW}),
        ((0x1A, 0x52, 0x1A, 0x12), {Condition.CUTTER_ERROR}),
        ((0x1A, 0x52, 0x1E, 0x12), {Condition.CUTTER_ERROR}),
        ((0x1A, 0x52, 0x16, 0x12), {Condition.MEDIA_JAMMED}),
        ((0x1A, 0x52, 0x32, 0x12), {Condition.HARDWARE_ERROR}),
        ((0x1A, 0x52, 0x52, 0x12), {Condition.OVERHEATED}),
        ((0x1A, 0x12, 0x12, 0x12), {Condition.OFFLINE}),
    ],
)
def test_what_four_answers_mean(bits: tuple[int, int, int, int], conditions: set[Condition]) -> None:
    status = PrinterStatus(*bits)
    assert status.conditions == conditions
    assert status.can_print is (not conditions - {Condition.MEDIA_LOW})


@pytest.mark.parametrize(
    ("status", "conditions"),
    [
        (b"\x10\x00\x00\x0f", set()),
        (b"\x38\x00\x00\x0f", {Condition.COVER_OPEN}),
        (b"\x18\x00\x0f\x0f", {Condition.MEDIA_EMPTY}),
        (b"\x10\x00\x03\x0f", {Condition.MEDIA_LOW}),
        (b"\x18\x08\x00\x0f", {Condition.CUTTER_ERROR}),
        (b"\x18\x04\x00\x0f", {Condition.MEDIA_JAMMED}),
        (b"\x18\x20\x00\x0f", {Condition.HARDWARE_ERROR}),
        (b"\x18\x40\x00\x0f", {Condition.OVERHEATED}),
        (b"\x18\x00\x00\x0f", {Condition.OFFLINE}),
    ],
)
def test_what_automatic_status_means(status: bytes, conditions: set[Condition]) -> None:
    assert automatic_conditions(status) == conditions


def test_process_ids_are_printable_and_do_not_repeat() -> None:
    ids = ProcessIds(lambda: 0.999999999)
    seen = {ids.next() for _ in range(10_000)}
    assert len(seen) == 10_000
    assert all(len(i) == 4 and i.isascii() and all(0x20 <= b <= 0x7E for b in i) for i in seen)


def test_the_answer_to_a_process_id_holds_it() -> None:
    assert process_id_answer(b"ABCD") == b"\x37\x22ABCD\x00"
