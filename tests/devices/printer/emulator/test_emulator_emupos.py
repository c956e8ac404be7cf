"""A second opinion: the same streams to our emulator and to ``emupos``, an emulator by others.

Its answers are recorded (``emupos_peer.py`` tells how), so that every run compares with them. Where EMUPOS names its
program, or it is on the path, it is asked again as well.
"""

from __future__ import annotations

import base64
import math
import os
import shutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore
from tests.devices.printer.emulator.emupos_peer import FAULTS, Emupos, Receipt, emupos, receipt, recorded
from tests.devices.printer.emulator.emupos_streams import streams

PROGRAM = os.environ.get("EMUPOS") or shutil.which("emupos")
SAID = recorded()
OUR_FAULTS = {"paper-near-end": Fault.PAPER_LOW, "paper-out": Fault.PAPER_OUT, "cover-open": Fault.COVER_OPEN}

REFUSED_IN_WORDS = ("command FS p", "command GS /")
"""Stored pictures: we print a note that there is none, the peer nothing."""

INK_TOLERANCE = 13
"""Dots by which the ink's edges may differ: the letters are drawn from other fonts within the same cells."""


@cache
def ours(data: bytes) -> Receipt:
    core = PrinterCore(EmulatorSettings(speed_mm_s=math.inf, buffer_bytes=1 << 20))
    core.receive(data)
    core.tick(0.01)
    return receipt(core.slips[-1].text, core.slips[-1].image)


def our_status(fault: str) -> list[int | None]:
    core = PrinterCore()
    if fault:
        core.set_fault(OUR_FAULTS[fault], True)
    return [core.status.real_time(n) for n in range(1, 5)]


@pytest.fixture(scope="module")
def peer() -> Iterator[Emupos]:
    if PROGRAM is None:
        pytest.skip("emupos is not here; EMUPOS names its program")
    with emupos(PROGRAM) as running:
        yield running


def test_every_stream_is_recorded() -> None:
    assert set(SAID["streams"]) == set(streams())


@pytest.mark.parametrize("name", SAID["streams"])
def test_the_same_words_and_codes_come_out_as_were_recorded(name: str) -> None:
    said: dict[str, Any] = SAID["streams"][name]
    our = ours(base64.b85decode(said["bytes"]))
    assert (our.words, our.codes) == (said["words"], said["codes"])


@pytest.mark.parametrize("name", [name for name in SAID["streams"] if name not in REFUSED_IN_WORDS])
def test_the_ink_is_as_wide_as_was_recorded(name: str) -> None:
    said: dict[str, Any] = SAID["streams"][name]
    assert ours(base64.b85decode(said["bytes"])).ink == pytest.approx(said["ink"], abs=INK_TOLERANCE)


@pytest.mark.parametrize("fault", FAULTS)
def test_status_answers_are_those_recorded(fault: str) -> None:
    assert our_status(fault) == SAID["status"][fault]["answers"]


@pytest.mark.parametrize("fault", FAULTS)
def test_status_answers_are_those_of_the_running_peer(peer: Emupos, fault: str) -> None:
    assert our_status(fault) == peer.status(fault)


def test_the_same_comes_out_of_the_running_peer(peer: Emupos) -> None:
    for name, data in streams().items():
        theirs, our = peer.receipt(data), ours(data)
        assert (name, our.words, our.codes) == (name, theirs.words, theirs.codes)
