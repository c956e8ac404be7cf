"""What comes by itself while somebody reads or reaches moves nothing under the finger: it lies over the page, or in its place."""

from collections.abc import Iterator

import pytest
from flows_kit import send
from screens_harness import Hands

from kiosk.ports import PrintOutcome
from screens.look.pressable import Pressable
from screens.look.widgets.cards import TileCard
from screens.look.widgets.frame import LateBanner

NO_PAPER = "ditampilkan besar di layar"
#: Passes in which banners, cards and panes come to rest.
REST = 20
PLACES = ("SERVICES", "SERVICE", "SEARCH")


@pytest.fixture
def there(citizens: Hands) -> Iterator[Hands]:
    yield citizens
    citizens.rehearsal.all_well()


def lead_to(hands: Hands, place: str) -> None:
    citizen = hands.app.flow.citizen
    citizen.start()
    if place == "SERVICE":
        citizen.open_service("domisili")
    if place == "SEARCH":
        citizen.open_search()
    hands.settle(REST)
    assert hands.place == place


def where(hands: Hands) -> dict[Pressable, tuple[float, ...]]:
    """All that can be touched, and where it is."""
    hands.settle(REST)
    return {each: (*each.to_window(*each.pos), *each.size) for each in hands.widgets() if isinstance(each, Pressable)}


def paper(hands: Hands, *, there: bool) -> None:
    if there:
        hands.rehearsal.all_well()
    else:
        hands.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")


@pytest.mark.parametrize("place", PLACES)
def test_what_is_lost_meanwhile_is_told_and_nothing_moves(there: Hands, place: str) -> None:
    lead_to(there, place)
    before = where(there)
    paper(there, there=False)
    assert where(there) == before
    assert there.sees(NO_PAPER)
    paper(there, there=True)
    assert where(there) == before
    assert not there.sees(NO_PAPER)


def test_what_was_lost_before_has_its_place_which_is_kept(there: Hands) -> None:
    paper(there, there=False)
    lead_to(there, "SERVICES")
    before = where(there)
    assert there.sees(NO_PAPER)
    for back in (True, False, True):
        paper(there, there=back)
        assert where(there) == before
        assert there.sees(NO_PAPER) is not back
    assert not [each for each in there.widgets() if isinstance(each, LateBanner)]


def test_a_touch_on_it_takes_it_away_and_means_nothing_below(there: Hands) -> None:
    lead_to(there, "SERVICES")
    paper(there, there=False)
    there.settle(REST)
    banner = next(each for each in there.widgets() if isinstance(each, LateBanner))
    assert banner.top == there.page.ids.pane.top
    there.touch(*banner.to_window(*banner.center))
    assert not there.sees(NO_PAPER)
    assert there.place == "SERVICES"


def test_what_was_taken_away_does_not_come_back_until_it_is_lost_anew(there: Hands) -> None:
    """With each event a page says anew what is so."""
    lead_to(there, "SERVICES")
    paper(there, there=False)
    there.settle(REST)
    banner = next(each for each in there.widgets() if isinstance(each, LateBanner))
    there.touch(*banner.to_window(*banner.center))
    there.rehearsal.scanner.become("UNAVAILABLE", "DISCONNECTED")
    there.settle(REST)
    assert not there.sees(NO_PAPER)
    paper(there, there=True)
    there.settle(REST)
    paper(there, there=False)
    there.settle(REST)
    assert there.sees(NO_PAPER)


def test_the_next_page_has_a_place_for_it(there: Hands) -> None:
    lead_to(there, "SERVICES")
    paper(there, there=False)
    there.app.flow.citizen.open_service("domisili")
    there.settle(REST)
    assert there.sees(NO_PAPER)
    assert not [each for each in there.widgets() if isinstance(each, LateBanner)]


def test_the_faces_stay_where_they_are_when_the_slip_comes_out(there: Hands) -> None:
    printer = there.rehearsal.printer
    printer.outcome = None
    send(there)
    there.wait(2.1)
    before = faces(there)
    printer.finish(PrintOutcome.PRINTED)
    printer.outcome = PrintOutcome.PRINTED
    assert len(before) > 1
    assert faces(there) == before


def faces(hands: Hands) -> dict[str, tuple[float, ...]]:
    return {each.title: place for each, place in where(hands).items() if isinstance(each, TileCard)}
