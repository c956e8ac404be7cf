"""Somebody in a hurry: touches twice, hammers, holds, slips off, rests a second finger; and wants what one touch would have done."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch

from kiosk.session.session import Session
from rehearsal.citizen import Citizen, typed_answer
from rehearsal.hands import Hands, NotThere
from screens.citizen.controls.question import Question
from screens.citizen.follow_up.answers import Control, control_of, layout_of, to_entry
from screens.look.pressable import Pressable
from screens.look.widgets.keyboard import Key
from screens.navigation.places import Over

#: Seconds from one touch of the same finger to the next.
BETWEEN_S: Final = (0.03, 0.35)
HELD_S: Final = (0.5, 2.5)
#: Pixels that a finger misses where it was before.
SHAKE: Final = 3.0
GESTURES: Final = ("once", "twice", "hammer", "hold", "with_another")
WEIGHTS: Final = (20, 40, 15, 10, 15)
SLIPS_OFF: Final = 0.1


class HurriedHands(Hands):
    """Each touch is one of many ways to touch once. Keys and what steps on are touched as often as they are meant."""

    chance = random.Random(0)
    #: How many were made.
    gestures = 0
    _plain = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Keys that were somewhere else after they were touched, while the same was being typed.
        self.jumps: list[str] = []

    def tap_widget(self, widget: Any) -> None:
        self._plain = bool(widget.repeats)
        if self.chance.random() < SLIPS_OFF:
            self.slip_off(widget)
        super().tap_widget(widget)
        self._plain = False

    def touch(self, x: float, y: float) -> None:
        self.look()
        self.gestures += 1
        kind = "once" if self._plain else self.chance.choices(GESTURES, WEIGHTS)[0]
        ways: dict[str, Callable[[float, float], None]] = {
            "once": self.once,
            "twice": self.twice,
            "hammer": self.hammer,
            "hold": self.hold_down,
            "with_another": self.with_another,
        }
        ways[kind](x, y)
        self.settle()

    def once(self, x: float, y: float) -> None:
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self._frames()
        touch.touch_up()

    def twice(self, x: float, y: float) -> None:
        self.once(x, y)
        self._again(x, y)

    def hammer(self, x: float, y: float) -> None:
        self.once(x, y)
        for _ in range(self.chance.randint(2, 5)):
            self._again(x, y)

    def hold_down(self, x: float, y: float) -> None:
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self._pass(*HELD_S)
        touch.touch_up()

    def with_another(self, x: float, y: float) -> None:
        """A second finger rests on something else, and is lifted on the page that came. Where none came it slides off."""
        there = [each for each in self.widgets() if isinstance(each, Pressable) and each.enabled]
        there = [each for each in there if not _covers(each, x, y)]
        other = self.chance.choice(there)
        resting = UnitTestTouch(*other.to_window(*other.center))
        before = self.stage._standing()
        resting.touch_down()
        self.once(x, y)
        self._frames()
        if self.stage._standing() == before:
            self._slide(resting)
        resting.touch_up()

    def slip_off(self, widget: Any) -> None:
        """The finger leaves what it was on before it leaves the glass: nothing is chosen."""
        self.look()
        self.gestures += 1
        touch = UnitTestTouch(*widget.to_window(*widget.center))
        touch.touch_down()
        self._slide(touch)
        touch.touch_up()
        self.settle()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _strike(self, key: Key) -> None:
        entry, before = self.page.entry, tuple(key.pos)
        super()._strike(key)
        if key.get_root_window() is not None and self.page.entry is entry and tuple(key.pos) != before:
            self.jumps.append(f"{key.key!r} on {self.place}: {before} to {tuple(key.pos)}")

    def _again(self, x: float, y: float) -> None:
        self._pass(*BETWEEN_S)
        self.once(x + self.chance.uniform(-SHAKE, SHAKE), y + self.chance.uniform(-SHAKE, SHAKE))

    def _slide(self, touch: UnitTestTouch) -> None:
        """Out of the window, where nothing is."""
        touch.touch_move(touch.x, touch.y + self.chance.uniform(-30, 30))
        touch.touch_move(-Window.width, touch.y)

    def _pass(self, least: float, most: float) -> None:
        self.rehearsal.clock.seconds += self.chance.uniform(least, most)
        self._frames()
        if self.chance.random() < 0.5:
            self.app._tick(0)

    def _frames(self) -> None:
        for _ in range(self.chance.randint(0, 2)):
            self.frame()


class HurriedCitizen(Citizen):
    """Notes which pages it saw, and what it meant to answer."""

    def __init__(self, hands: HurriedHands, choices: Mapping[str, str] | None = None) -> None:
        super().__init__(hands, choices)
        self.seen: list[str] = []
        self.meant: dict[str, str] = {}

    def answer_page(self) -> None:
        session = self.hands.kiosk.session
        if session is None or session.page is None:
            raise NotThere("no form is open")
        self.seen.append(session.page.ref)
        super().answer_page()

    def answer(self, question: Question, text: str = "") -> None:
        node = question.node
        match control_of(node):
            case Control.ONE | Control.SEVERAL:
                self.meant[node.ref] = text or self._wanted(node)
            case Control.TEXT | Control.DATE | Control.TIME:
                self.meant[node.ref] = text or typed_answer(node)
            case Control.NOTE | Control.SHOWN | Control.IMPOSSIBLE:
                """Nothing to answer."""
            case _:
                self.meant[node.ref] = ""
        super().answer(question, text)

    def skipped(self, session: Session) -> list[str]:
        """Pages of the form that it never saw."""
        listed = {page.ref for page in session.pages() if page.repeat is None}
        return sorted(listed - set(self.seen))

    def false_answers(self, session: Session) -> dict[str, tuple[str, str]]:
        """What stands in the form, and what was meant, where the one is not the other."""
        form = session.form
        if form is None:
            raise NotThere("no form is open")
        found = {}
        for ref, meant in self.meant.items():
            node = form.nodes[ref]
            typed = control_of(node) in (Control.TEXT, Control.DATE, Control.TIME)
            stands = to_entry(node, layout_of(node)) if typed else node.value
            wrong = _bare(stands) != _bare(meant) if meant else not stands
            if wrong:
                found[ref] = (stands, meant)
        return found

    def leave(self) -> str:
        """From "saved" to the farewell; what the code was, which stood in sight until they said that they have it."""
        hands = self.hands
        session = hands.kiosk.session
        if session is None or session.submission is None:
            raise NotThere("nothing was sent, or the session is over")
        code = hands.kiosk.codes.display(session.submission.code)
        hands.must_see(code)
        hands.forward()
        if hands.app.flow.over is Over.CODE:
            hands.must_see(code)
            hands.tap(hands.text("code.go"))
        return code


def _covers(widget: Any, x: float, y: float) -> bool:
    left, bottom = widget.to_window(widget.x, widget.y)
    return bool(left <= x <= left + widget.width and bottom <= y <= bottom + widget.height)


def _bare(text: str) -> str:
    """Without the signs that an entry puts between what is typed."""
    return "".join(each for each in text.casefold() if each.isalnum())
