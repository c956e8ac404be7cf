"""On every page, everything that a finger can choose is offered to one switch, and chosen by it."""

from typing import Any

import pytest
from long_runs import LONG
from screens_harness import Hands
from states_kit import SHOWS, in_sight

from rehearsal.gallery.states import STATES
from screens.access.keys import _CODES
from screens.look.widgets.keyboard import Key
from screens.navigation.places import Over
from tests.screens.access.test_screens_keys_everywhere import choosable, lead_to

SWITCH = _CODES["f10"]
PACE_S = 1.0
#: Steps after which something should have been offered.
STEPS = 150
#: The page on which the pace is measured is worked by the switch itself.
MEASURES = Over.SWITCHES
#: One state of each kind of page; the others, and all keys of a keyboard, are gone through in a long run.
SHORT = (
    *("home", "services", "identify-complete", "form-fields", "consent-agreed", "case-question", "session-leave"),
    *("control-janji", "rate-nine"),
)


def press(hands: Hands) -> None:
    hands.rehearsal.clock.advance(1)
    hands.app.keypad.pressed(SWITCH, [])
    hands.app.keypad.released(SWITCH)


def begin(hands: Hands) -> None:
    """Somebody whose pace is known already."""
    hands.app.flow.voice.stop()
    state = hands.app.flow.preferences.switching
    state.on, state.auto, state.pace_s = True, True, PACE_S
    hands.app.keypad.switches.page_changed()


def reach(hands: Hands, wanted: Any) -> bool:
    """Waits for it and presses, as often as it takes. Nothing is looked at but what is offered."""
    switches = hands.app.keypad.switches
    for _ in range(STEPS):
        offer = switches._scan.offer
        if any(stop.widget is wanted for stop in offer):
            press(hands)
            if len(offer) == 1:
                return True
        else:
            hands.rehearsal.clock.advance(3 * PACE_S)
            switches.tick()
    return False


@pytest.mark.parametrize(
    "state", [pytest.param(name, marks=() if name in SHORT else LONG) for name in STATES if name != "session-idle"]
)
def test_everything_is_offered_and_chosen_by_one_switch(citizens: Hands, state: str) -> None:
    lead_to(citizens, state)
    if in_sight(citizens) is MEASURES:
        return
    wanted = list(choosable(citizens.app.stage.layer))
    keys = [widget for widget in wanted if isinstance(widget, Key)]
    if state in SHORT:
        wanted = [widget for widget in wanted if widget not in keys] + keys[:1] + keys[-1:]
    begin(citizens)
    try:
        for widget in wanted:
            chosen: list[Any] = []

            def note(chooser: Any, into: list[Any] = chosen) -> bool:
                into.append(chooser)
                return True  # and nothing else happens

            widget.bind(on_choose=note)
            reached = reach(citizens, widget)
            widget.unbind(on_choose=note)
            assert reached, widget.says
            assert chosen == [widget], widget.says
    finally:
        citizens.app.keypad.switches.stop()


def test_every_page_is_among_the_states() -> None:
    assert set(SHORT) <= set(STATES)
    assert set(SHOWS) <= set(STATES)
