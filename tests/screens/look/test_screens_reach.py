"""What is touched is where hands are: within 1,220 mm of the floor, and on pages that ask in the lower two thirds."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from long_runs import LONG
from screens_harness import BOOT
from states_kit import SHOWS

from protocol.kiosk_settings import NUMBERS
from rehearsal.gallery.checks import problems
from rehearsal.gallery.plan import Shot
from rehearsal.gallery.states import STATES
from rehearsal.gallery.studio import Studio
from screens.look.current import current
from screens.look.pressable import Pressable
from screens.look.reach import Panel
from screens.look.tokens import HANDS, LOWERED, MM_PER_INCH, REACH_MM
from screens.navigation.appearance import Appearance

BOTTOM = NUMBERS["panel_bottom_mm"]
#: Below this nothing is reached from a wheelchair.
LOWEST_MM = 380
HEIGHT_MM = BOOT.height / BOOT.dpi * MM_PER_INCH
#: Pages that ask, in states in which there is room to spare.
ASKING = ("identify-typing", "form-fields", "form-typing", "consent", "track-typing", "complaint-privacy")
#: Looked at in each run on a panel that is mounted as high as it may be; all of them in a long one.
SHORT = (*ASKING, "home", "service", "home-adjust", "visit-idle")


@pytest.fixture(autouse=True)
def mounted_as_usual(studio: Studio) -> Iterator[None]:
    yield
    mount(studio, BOTTOM.default)


def mount(studio: Studio, bottom_mm: float) -> None:
    settings = studio.hands.kiosk.settings
    settings.store_new({"panel_bottom_mm": bottom_mm})
    settings.reload()


def highest_mm(studio: Studio, bottom_mm: float) -> float:
    """Of all that can be touched, above the floor."""
    found = [each for each in studio.hands.widgets() if isinstance(each, Pressable) and each.enabled]
    tops = [each.to_window(each.x, each.top)[1] for each in found if each.height > 1]
    return bottom_mm + max(tops) / BOOT.dpi * MM_PER_INCH


@pytest.mark.parametrize(
    ("bottom", "lowered", "share"),
    [
        (BOTTOM.default, False, 1.0),
        (BOTTOM.default, True, LOWERED),
        (BOTTOM.maximum, False, (REACH_MM - BOTTOM.maximum) / HEIGHT_MM),
        (BOTTOM.minimum, False, 1.0),
    ],
)
def test_pages_take_what_hands_reach(bottom: float, lowered: bool, share: float) -> None:
    panel = Panel(BOOT.width, BOOT.height, BOOT.dpi, bottom)
    assert panel.share(lowered=lowered) == pytest.approx(share, abs=0.002)


@pytest.mark.en301549("8.3.2.2", "8.3.3.2")
def test_no_panel_is_set_lower_than_hands_reach() -> None:
    assert BOTTOM.minimum >= LOWEST_MM


def test_a_panel_that_lies_is_not_lowered() -> None:
    assert Panel(BOOT.height, BOOT.width, BOOT.dpi, BOTTOM.default).share(lowered=True) == 1.0


@pytest.mark.en301549("8.3.2.1", "8.3.3.1")
@pytest.mark.parametrize("state", [pytest.param(name, marks=() if name in SHORT else LONG) for name in STATES])
def test_nothing_is_out_of_reach_on_the_highest_panel(studio: Studio, state: str) -> None:
    mount(studio, BOTTOM.maximum)
    assert studio.look(Shot(state, Appearance(), "portrait")) == []
    assert highest_mm(studio, BOTTOM.maximum) <= REACH_MM + 1


@pytest.mark.parametrize("state", ASKING)
def test_what_is_asked_stands_in_the_lower_two_thirds_with_the_emptiness_above(studio: Studio, state: str) -> None:
    studio.lead_to(Shot(state, Appearance(), "portrait"))
    page = studio.hands.page
    pane, body = page.ids.pane, page.ids.body
    assert pane.top <= BOOT.height * HANDS + 1
    # What is asked lies on the keys, or on the way forward.
    assert pane.top == pytest.approx(pane.y + min(body.height, pane.height), abs=1)
    assert pane.y - page.ids.keyboard.parent.top < current().mm(12)


def test_a_panel_that_was_mounted_anew_is_used_anew_at_once(studio: Studio) -> None:
    studio.lead_to(Shot("identify-typing", Appearance(), "portrait"))
    page = studio.hands.page
    mount(studio, BOTTOM.maximum)
    studio.hands.app._show(0)
    studio.hands.settle(3)
    assert studio.hands.page is not page
    assert studio.hands.page.top < BOOT.height * 0.7


def test_a_target_that_is_too_high_is_found(studio: Studio) -> None:
    studio.lead_to(Shot("form-fields", Appearance(), "portrait"))
    body: Any = studio.hands.page.ids.body
    field = next(each for each in body.walk(restrict=True) if isinstance(each, Pressable) and each.enabled)
    aperture = studio.hands.page.ids.pane.ids.holder
    aperture.height = BOOT.height - aperture.y
    field.y = BOOT.height * HANDS + 5
    assert any("above the hands" in problem for problem in problems(studio.hands.stage))


def test_the_longest_answer_is_seen_whole_while_it_is_typed(studio: Studio) -> None:
    """It is higher than all the room below the ceiling: seeing it comes first."""
    look = replace(Appearance("mad"), text_size=type(Appearance().text_size).EXTRA)
    assert studio.look(Shot("control-text-full", look, "portrait")) == []


def test_every_page_that_shows_something_is_among_the_long_states() -> None:
    assert set(SHOWS) <= set(STATES)
