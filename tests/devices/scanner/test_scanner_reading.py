"""Reading codes in pictures: tilted cards, agreement, the second engine that may die, nothing where nothing is."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import zxingcpp

from devices.frame import FakeClock
from devices.scanner.drawn_set import TABLETOPS, drawn_pictures, empty_tabletops
from devices.scanner.measure import Case, folder_cases, run
from devices.scanner.reading.agreement import AGAIN_AFTER, AGREE_WITHIN, MOST_REMEMBERED, Agreement, InSight
from devices.scanner.reading.decode import Grey, Read, Symbology, decode
from devices.scanner.reading.reader import FrameReader, StillReader, Verdict
from devices.scanner.reading.second_engine import MOST_DEATHS, REST_SECONDS, SecondEngine
from devices.simulator.drawing import CardCode, Pose, Shot, draw_card, place, tabletop

NIK = "9912055203900001"
CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance" / "barcodes"
soak = pytest.mark.soak
NOWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def card(code: CardCode, pose: Pose, kind: str = "wood", **light: float) -> Grey:
    shot = Shot(**({"blur": 0.4} | light))
    picture, _ = place(tabletop(1280, 720, kind), draw_card(NIK, code), pose, shot, np.random.default_rng(1))
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize("code", list(CardCode))
@pytest.mark.parametrize(
    "pose", [Pose(), Pose(tilt=45), Pose(swing=-45), Pose(turn=45, fills=0.45), Pose(30, 30, 15, 0.5)]
)
def test_a_card_is_read_however_it_is_held(code: CardCode, pose: Pose) -> None:
    assert any(NIK in read.text for read in StillReader().read(card(code, pose)))


@pytest.mark.parametrize("code", list(CardCode))
@pytest.mark.parametrize(
    "light",
    [
        {"shadow": 0.8},
        {"thumb": True},
        {"jpeg": 10},
        {"noise": 20.0},
        {"light": 0.15},
        # Across an eighth of the card, and over the code: a larger one leaves too little of it.
        {"glare": 1.0, "glare_size": 0.12},
    ],
)
def test_a_card_is_read_in_bad_light(code: CardCode, light: dict[str, float]) -> None:
    assert any(NIK in read.text for read in StillReader().read(card(code, Pose(4, 3, 2), **light)))


@pytest.mark.parametrize("size", [(640, 480), pytest.param((1280, 720), marks=soak)])
@pytest.mark.parametrize("seed", [5, pytest.param(6, marks=soak), pytest.param(7, marks=soak)])
@pytest.mark.timeout(600)
def test_nine_of_ten_drawn_cards_are_read_and_none_wrongly(size: tuple[int, int], seed: int) -> None:
    pictures = list(drawn_pictures(1, seed, (size,)))
    reader = StillReader()
    found = [[read.text for read in reader.read(picture.grey)] for picture in pictures]
    right = sum(any(p.text in text for text in texts) for p, texts in zip(pictures, found, strict=True))
    wrong = [text for p, texts in zip(pictures, found, strict=True) for text in texts if p.text not in text]
    assert right >= 0.9 * len(pictures)
    assert wrong == []


@pytest.mark.parametrize("index", range(len(TABLETOPS)))
def test_an_empty_tabletop_holds_nothing(index: int) -> None:
    grey = list(empty_tabletops((640, 480)))[index]
    assert StillReader().read(grey) == ()


@pytest.mark.parametrize(
    ("created", "text", "symbology", "read"),
    [
        ("QRCode", "12345", "QRCode", "12345"),
        ("MicroQRCode", "12345", "MicroQRCode", "12345"),
        ("RMQRCode", "12345", "RMQRCode", "12345"),
        ("Code39", "+A1234567", "Code39", "a1234567"),
        ("PDF417", "12345678", "PDF417", "12345678"),
        ("Code128", "12345678", "Code128", "12345678"),
    ],
)
def test_every_kind_of_a_kind_is_read_and_named(created: str, text: str, symbology: str, read: str) -> None:
    barcode = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(created))
    picture = cv2.copyMakeBorder(
        np.array(barcode.to_image(scale=5, add_quiet_zones=True)), 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255
    )
    assert [(found.symbology, found.text) for found in StillReader().read(picture)] == [(symbology, read)]


def test_two_looks_are_believed_and_a_look_that_disagrees_asks_for_two_more() -> None:
    read, verdict = Read(Symbology.PDF417, "A", NOWHERE), Verdict()
    verdict.hear([read, read])
    assert not verdict.believes(read)
    verdict.hear([read])
    assert verdict.believes(read)
    verdict._doubts[read.symbology, read.text] += 1
    assert not verdict.believes(read)


@pytest.mark.parametrize("shape", [(1, 1), (1, 100), (2, 2), (3, 500)])
def test_tiny_pictures_hold_nothing(shape: tuple[int, int]) -> None:
    assert decode(np.zeros(shape, np.uint8)) == ()


@pytest.mark.parametrize("code", list(CardCode))
def test_a_running_camera_reads_a_tilted_card_in_some_frames(code: CardCode) -> None:
    reader = FrameReader()
    grey = card(code, Pose(tilt=20, turn=20, fills=0.5))
    texts = [read.text for frame in range(10) for read in reader.read(grey, frame / 15)]
    assert texts
    assert all(NIK in text for text in texts)


@pytest.mark.parametrize("code", [CardCode.CODE128, CardCode.PDF417])
def test_a_code_that_is_no_proof_counts_with_its_second_frame(code: CardCode) -> None:
    reader = FrameReader()
    grey = card(code, Pose())
    assert [reader.read(grey, at) != () for at in (0.0, 0.07)] == [False, True]


@pytest.mark.parametrize("code", list(CardCode))
def test_a_tilted_card_needs_the_flattened_pass(code: CardCode) -> None:
    """At 45° the fast pass alone reads no code of bars; the pass over the flattened card does."""
    grey = card(code, Pose(tilt=38, swing=38, turn=20, fills=0.5))
    assert any(NIK in read.text for read in StillReader().read(grey))
    if_bars = decode(grey, thorough=False)
    assert code is CardCode.QR or if_bars == ()


def test_a_read_that_is_no_proof_needs_a_second_one_in_time() -> None:
    bars = Read(Symbology.CODE_128, NIK, NOWHERE)
    agreement = Agreement()
    assert agreement.settle([bars], 0.0) == ()
    assert agreement.settle([bars], AGREE_WITHIN) == (bars,)
    assert agreement.settle([bars], 2 * AGREE_WITHIN + 0.1) == ()


def test_two_unlike_reads_do_not_agree() -> None:
    agreement = Agreement()
    agreement.settle([Read(Symbology.PDF417, "A", NOWHERE)], 0.0)
    assert agreement.settle([Read(Symbology.PDF417, "B", NOWHERE)], 0.1) == ()


def test_one_read_of_a_qr_is_proof() -> None:
    read = Read(Symbology.QR_CODE, "A", NOWHERE)
    assert Agreement().settle([read], 0.0) == (read,)


def test_a_code_that_stays_in_sight_is_new_once() -> None:
    sight = InSight()
    assert [sight.appeared("A", at) for at in (0.0, 1.0, 1.0 + AGAIN_AFTER, 1.1 + 2 * AGAIN_AFTER)] == [
        True,
        False,
        False,
        True,
    ]


def test_what_was_seen_is_remembered_up_to_a_limit() -> None:
    sight = InSight()
    for number in range(MOST_REMEMBERED + 1):
        sight.appeared(str(number), 0.0)
    assert not sight.appeared("1", 0.1)
    assert sight.appeared("0", 0.1)


@pytest.fixture
def engine() -> Iterator[SecondEngine]:
    second = SecondEngine(FakeClock())
    yield second
    second.close()


def test_the_second_engine_reads_in_a_process_of_its_own(engine: SecondEngine) -> None:
    assert NIK in [read.text for read in engine.decode(card(CardCode.QR, Pose()))]


def test_a_decoder_that_is_killed_is_replaced_with_the_next_picture(engine: SecondEngine) -> None:
    grey = card(CardCode.QR, Pose())
    others = set(psutil.Process().children())
    assert engine.decode(grey) != ()
    (child,) = set(psutil.Process().children()) - others
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    assert engine.decode(grey) == ()
    assert engine.deaths == 1
    assert engine.decode(grey) != ()
    assert engine.deaths == 0


def test_a_picture_on_which_the_second_engine_dies_is_read_by_the_first() -> None:
    dying = SecondEngine(FakeClock(), (sys.executable, "-c", "import os; os.abort()"))
    assert NIK in [read.text for read in StillReader(second=dying.decode).read(card(CardCode.QR, Pose()))]
    assert StillReader(second=dying.decode).read(np.full((80, 80), 200, np.uint8)) == ()
    dying.close()


@pytest.mark.parametrize("script", ["import os; os.abort()", "print('not json', flush=True); input()"])
def test_a_child_that_dies_or_babbles_reads_nothing_and_then_rests(script: str) -> None:
    clock = FakeClock()
    second = SecondEngine(clock, (sys.executable, "-c", script))
    grey = np.zeros((20, 20), np.uint8)
    for _ in range(MOST_DEATHS):
        assert second.decode(grey) == ()
    second._command = (sys.executable, "-m", "devices.scanner.reading.zbar_child")
    assert second.decode(card(CardCode.QR, Pose())) == ()
    clock.advance(REST_SECONDS)
    assert second.decode(card(CardCode.QR, Pose())) != ()
    second.close()


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="no conformance data on this machine")
@pytest.mark.parametrize("name", sorted(p.name for p in CONFORMANCE.iterdir()) if CONFORMANCE.is_dir() else [])
def test_every_public_sample_is_read_and_nothing_else(name: str) -> None:
    reader = StillReader()
    for case in folder_cases(CONFORMANCE / name):
        assert [read.text for read in reader.read(case.grey)] == ([] if case.text is None else [case.text])


def test_an_engine_that_raises_has_failed_and_the_measure_goes_on() -> None:
    grey = card(CardCode(next(iter(CardCode))), Pose())
    turns = iter(["ends", "reads", "reads"])

    def peer(_: Grey) -> list[str]:
        if next(turns) == "ends":
            raise RuntimeError("no such symbol")
        return ["A"]

    cases = [Case(grey, "A"), Case(grey, "A"), Case(grey, None)]
    count, results = run(cases, {"peer": peer, "other": lambda _: ["A"]})
    peered, other = results["peer"], results["other"]
    assert (count, peered.read, peered.wrong, peered.failed) == (3, 1, 1, 1)
    assert peered.reasons == {"RuntimeError: no such symbol"}
    assert (other.read, other.wrong, other.failed) == (2, 1, 0)
