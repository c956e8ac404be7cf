"""Hands that know nothing: keys, fingers, codes, pauses and bursts in any order. No screen fails, and the kiosk stays ours."""

import random

import pytest
from keys_kit import press
from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from screens_harness import Hands

from kiosk.events import EndReason
from rehearsal import BADGE
from rehearsal.devices import Scan
from rehearsal.gallery.states import STATES
from rehearsal.gallery.way import Way
from screens.access.keys import _CODES
from screens.navigation.appearance import DEFAULT_APPEARANCE

#: Keys that lead somewhere come more often than the others.
KEYS = (*_CODES, *("enter", "tab", "down", "right", "up", "escape") * 12, *("f1", "f2") * 2)
#: Where random hands begin: the forms hide behind many right answers.
STARTS = (
    "",
    "form-fields",
    "review",
    "consent",
    "saved-printed",
    "answer-typed",
    "repeat-two",
    "staff-overview",
    "staff-pin",
)
STEPS = 50
LONG_STEPS = 200


class RandomHands:
    """``lives``: a finger may be down while anything else happens, also while its session ends."""

    def __init__(self, hands: Hands, seed: int) -> None:
        self.hands = hands
        self.chance = random.Random(seed)
        self.fingers: list[UnitTestTouch] = []
        self.did: list[str] = []

    def step(self) -> None:
        kind = self.chance.choices(
            ("key", "tap", "down", "up", "frame", "time", "end", "scan", "look"), (40, 20, 6, 8, 12, 3, 2, 2, 2)
        )[0]
        getattr(self, kind)()
        if self.chance.random() < 0.5:
            self.frame()

    def key(self) -> None:
        name = self.chance.choice(KEYS)
        modifiers = [m for m in ("shift", "ctrl", "alt", "meta") if self.chance.random() < 0.1]
        self.did.append(f"key {'+'.join([*modifiers, name])}")
        # Several times within one frame, as a scanner or a bouncing key does.
        for _ in range(self.chance.choice((1, 1, 1, 2, 5))):
            Window.dispatch("on_keyboard", _CODES[name], 0, "", modifiers)
            if self.chance.random() < 0.9:
                Window.dispatch("on_key_up", _CODES[name], 0)

    def tap(self) -> None:
        self.down()
        if self.chance.random() < 0.5:
            self.frame()
        self.up()

    def down(self) -> None:
        x, y = self.chance.uniform(0, Window.width), self.chance.uniform(0, Window.height)
        self.did.append(f"down {x:.0f} {y:.0f}")
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.fingers.append(touch)

    def up(self) -> None:
        if self.fingers:
            self.did.append("up")
            touch = self.fingers.pop(self.chance.randrange(len(self.fingers)))
            if self.chance.random() < 0.2:
                touch.touch_move(self.chance.uniform(0, Window.width), self.chance.uniform(0, Window.height))
            touch.touch_up()

    def frame(self) -> None:
        self.did.append("frame")
        self.hands.frame()

    def time(self) -> None:
        seconds = self.chance.choice((1, 30, 61, 95, 200))
        self.did.append(f"time {seconds}")
        self.hands.rehearsal.clock.advance(seconds)
        self.hands.app._tick(0)

    def end(self) -> None:
        self.did.append("end")
        self.hands.kiosk.end(self.chance.choice((EndReason.DONE, EndReason.IDLE, EndReason.CANCELLED)))

    def scan(self) -> None:
        self.did.append("scan")
        kind, text = self.chance.choice((("NIK", "3578014107900001"), ("CODE", "K7M29QXF0001"), ("STAFF_BADGE", BADGE)))
        nik = text if kind == "NIK" else None
        self.hands.rehearsal.scanner.scan(Scan(kind, text, nik=nik, code=text if kind == "CODE" else None))

    def look(self) -> None:
        self.did.append("look")
        flow = self.hands.app.flow
        self.chance.choice((flow.open_adjust, flow.open_help, flow.preferences.toggle_voice, flow.close_over))()

    def rest(self) -> None:
        while self.fingers:
            self.up()
        for code in _CODES.values():
            Window.dispatch("on_key_up", code, 0)


def play(hands: Hands, seed: int, steps: int) -> None:
    way = Way(hands)
    way.begin(DEFAULT_APPEARANCE)
    start = STARTS[seed % len(STARTS)]
    for step in STATES[start].way if start else ():
        step(way)
        way.settle()
    hands.let_go()
    played = RandomHands(hands, seed)
    failed = hands.app.failsafe.count
    try:
        for _ in range(steps):
            played.step()
    except Exception as error:
        raise AssertionError(f"seed {seed}, from {start!r}: " + ", ".join(played.did[-30:])) from error
    finally:
        played.rest()
        hands.settle()
    assert hands.app.failsafe.count == failed, ", ".join(played.did[-30:])
    assert EventLoop.status == "started"


@pytest.mark.parametrize("seed", range(len(STARTS)))
def test_hands_that_know_nothing_break_nothing(citizens: Hands, seed: int) -> None:
    play(citizens, seed, STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(1, 11))
def test_a_thousand_pairs_of_hands_that_know_nothing_break_nothing(citizens: Hands, hundred: int) -> None:
    for seed in range(100 * hundred, 100 * (hundred + 1)):
        play(citizens, seed, LONG_STEPS)
        citizens.rehearsal.all_well()
        citizens.go_home()


def test_a_key_that_comes_with_the_end_of_the_session_finds_nothing(citizens: Hands) -> None:
    citizens.tap("Sentuh untuk mulai")
    press(citizens, "tab")
    citizens.app.flow.citizen.leave()
    for name in ("enter", "escape", "enter"):
        Window.dispatch("on_keyboard", _CODES[name], 0, "", [])
        Window.dispatch("on_key_up", _CODES[name], 0)
    citizens.settle()
    assert (citizens.place, citizens.kiosk.session) == ("HOME", None)


def test_a_finger_that_rests_through_the_end_of_the_session_chooses_nothing(citizens: Hands) -> None:
    citizens.tap("Sentuh untuk mulai")
    card = citizens.find("Surat Keterangan Domisili")
    citizens.look()
    touch = UnitTestTouch(*card.to_window(*card.center))
    touch.touch_down()
    assert card.pressed
    citizens.kiosk.end(EndReason.IDLE)
    touch.touch_up()
    citizens.settle()
    assert (citizens.place, citizens.kiosk.session) == ("HOME", None)


def test_a_finger_that_rests_while_the_page_goes_on_chooses_nothing_of_the_old_one(citizens: Hands) -> None:
    citizens.tap("Sentuh untuk mulai")
    card = citizens.find("Surat Keterangan Domisili")
    citizens.look()
    touch = UnitTestTouch(*card.to_window(*card.center))
    touch.touch_down()
    citizens.app.flow.citizen.open_track()
    touch.touch_up()
    citizens.settle()
    assert citizens.place == "TRACK"


def test_a_key_that_bounces_goes_one_step_back(citizens: Hands) -> None:
    citizens.tap("Sentuh untuk mulai")
    citizens.tap("Surat Keterangan Domisili")
    for _ in range(3):
        Window.dispatch("on_keyboard", _CODES["escape"], 0, "", [])
        Window.dispatch("on_key_up", _CODES["escape"], 0)
    citizens.settle()
    assert citizens.place == "SERVICES"
