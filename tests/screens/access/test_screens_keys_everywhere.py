"""On every screen, everything that a finger can choose is reached and chosen by keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from long_runs import LONG
from screens_harness import Hands
from states_kit import LAYERS, PAGES, SHOWS, in_sight

from rehearsal.gallery.states import STATES
from rehearsal.gallery.way import Way
from screens.access.keys import _CODES
from screens.look.pressable import Pressable
from screens.look.widgets.keyboard import Key
from screens.navigation.appearance import DEFAULT_APPEARANCE
from screens.navigation.places import Name, Over
from screens.shell import pages

#: Every key answers the idle warning: there is no walking about in it.
ANSWERED = "session-idle"
#: One state of every page and of every kind of question; the others are looked at in a long run.
SHORT = (
    *SHOWS,
    "form-typing",
    "form-folded",
    "control-keterangan",
    "control-janji",
    "control-pekerjaan",
    "control-list-typed",
    "control-urutan",
    "control-jarak",
    "control-nilai",
    "control-paham",
    "control-photo",
    "control-tanda-tangan",
    "repeat-two",
    "times-agency",
    "event",
    "rated",
    "complaint-secret",
    "save-draft-kept",
    "thanks-code",
    "help-called",
)


def lead_to(hands: Hands, state: str) -> None:
    way = Way(hands)
    way.begin(DEFAULT_APPEARANCE)
    for step in STATES[state].way:
        step(way)
        way.settle()
    hands.settle(3)


def press(hands: Hands, name: str) -> Any:
    """A key without a frame after it: nothing is looked at but the focus."""
    hands.app.keypad.pressed(_CODES[name], [])
    hands.app.keypad.released(_CODES[name])
    return hands.app.keypad.ring.widget


def choosable(widget: Any) -> Iterator[Any]:
    """What a finger could choose now."""
    if widget.opacity == 0:
        return
    if isinstance(widget, Pressable) and widget.enabled and widget.focusable and min(widget.size) > 1:
        yield widget
    for child in widget.children:
        yield from choosable(child)


def reached(hands: Hands) -> list[Any]:
    """Round by Tab, and over the keys of the keyboard by arrows when there is one."""
    # On a resting screen the first key asks for the voice, and texts are gone to from then on as well.
    found: list[Any] = [press(hands, "tab")]
    for _ in range(len(hands.app.keypad.ring.stops()) + 2):
        found.append(press(hands, "tab"))
        if isinstance(found[-1], Key):
            found += over_the_keys(hands)
    return found


def over_the_keys(hands: Hands) -> list[Any]:
    found = []
    rows = list(hands.app.keypad.ring.widget.parent.parent.children)
    for _ in rows:
        for _ in hands.app.keypad.ring.widget.parent.children:
            found.append(press(hands, "right"))
        if hands.app.keypad.ring.widget.parent is not rows[0]:
            found.append(press(hands, "down"))
    return found


def test_every_page_and_every_layer_is_among_the_states() -> None:
    assert set(PAGES) == set(pages.PAGES)
    assert set(LAYERS) == set(pages.LAYERS)
    assert set(SHORT) <= set(STATES)


def test_every_place_has_a_page() -> None:
    assert set(pages.PAGES) == set(Name)
    assert set(pages.LAYERS) == set(Over) - {Over.NOTHING}


@pytest.mark.en301549("5.1.3.3", "5.5.1")
@pytest.mark.parametrize(
    "state", [pytest.param(name, marks=() if name in SHORT else LONG) for name in STATES if name != ANSWERED]
)
def test_everything_is_named_reached_and_chosen_by_keys(citizens: Hands, state: str) -> None:
    lead_to(citizens, state)
    assert in_sight(citizens) == SHOWS.get(state, in_sight(citizens))
    if citizens.kiosk.session is not None and citizens.app.stage.over is None:
        citizens.must_see(citizens.text("head.leave"))
    wanted = list(choosable(citizens.app.stage.layer))
    assert [type(widget).__name__ for widget in wanted if not widget.says.strip()] == []
    citizens.app.flow.voice.stop()
    seen = reached(citizens)
    assert [widget.says for widget in wanted if not any(widget is each for each in seen)] == []
    for widget in wanted:
        chosen: list[Any] = []

        def note(chooser: Any, into: list[Any] = chosen) -> bool:
            into.append(chooser)
            return True  # and nothing else happens

        widget.bind(on_choose=note)
        citizens.app.keypad.ring.go_to(widget)
        press(citizens, "enter")
        widget.unbind(on_choose=note)
        assert chosen == [widget], widget.says
