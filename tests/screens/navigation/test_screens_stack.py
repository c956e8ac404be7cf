"""The places that lie over each other, as data: without a window, without Kivy."""

import subprocess
import sys

import pytest

from screens.navigation.places import Name, Over, Place
from screens.navigation.stack import (
    BOTTOM,
    Stack,
    cover,
    forget_ways,
    in_sight,
    pop,
    push,
    rejoin,
    reset,
    restart,
    uncover,
)

GROUP = Place(Name.GROUP, "agency:kelurahan")
SEARCH = Place(Name.SEARCH)
ANSWER = Place(Name.ANSWER)
SAVE = Place(Name.SAVE_DRAFT)
OVERVIEW = Place(Name.STAFF)
FORM = Place(Name.FORM)


def stack(*places: Place, over: Over = Over.NOTHING) -> Stack:
    return Stack((BOTTOM, *places), over)


@pytest.mark.parametrize(
    ("given", "step", "seen"),
    [
        (stack(), None, BOTTOM),
        (stack(GROUP, SEARCH), None, SEARCH),
        (stack(GROUP), FORM, FORM),
        (stack(GROUP, ANSWER), FORM, ANSWER),
        (stack(GROUP, ANSWER), None, ANSWER),
    ],
)
def test_the_page_in_sight_is_beside_the_session_else_at_its_step_else_the_newest_way(
    given: Stack, step: Place | None, seen: Place
) -> None:
    assert in_sight(given, step) == seen


def test_ways_lie_on_each_other_and_below_what_is_beside_the_session() -> None:
    assert push(push(stack(), GROUP), SEARCH) == stack(GROUP, SEARCH)
    assert push(stack(GROUP, OVERVIEW), SEARCH) == stack(GROUP, SEARCH, OVERVIEW)


def test_there_is_one_page_beside_the_session() -> None:
    assert push(push(stack(GROUP), ANSWER), SAVE) == stack(GROUP, SAVE)
    assert rejoin(stack(GROUP, SAVE)) == rejoin(stack(GROUP)) == stack(GROUP)


def test_back_takes_one_page_and_leaves_the_list() -> None:
    assert pop(stack(GROUP, ANSWER)) == stack(GROUP)
    assert pop(stack(GROUP)) == pop(stack()) == stack()


def test_forgotten_ways_leave_what_is_beside_the_session() -> None:
    assert forget_ways(stack(GROUP, SEARCH, SAVE)) == stack(SAVE)
    assert forget_ways(stack(GROUP)) == restart(stack(GROUP, SAVE)) == stack()


def test_a_layer_lies_over_every_page_until_it_is_taken_away() -> None:
    covered = cover(cover(stack(GROUP), Over.HELP), Over.LEAVE)
    assert covered == stack(GROUP, over=Over.LEAVE)
    assert pop(push(covered, ANSWER)) == covered
    assert restart(covered) == stack(over=Over.LEAVE)
    assert uncover(covered) == stack(GROUP)


def test_of_a_session_that_ended_nothing_is_left_and_field_staff_stay() -> None:
    assert reset(stack(GROUP, ANSWER, over=Over.HELP)) == stack()
    assert reset(stack(GROUP, OVERVIEW, over=Over.HELP)) == stack(OVERVIEW)


def test_every_place_of_the_staff_is_beside_a_session() -> None:
    staff_pages = [Place(name) for name in Name if name.startswith("STAFF")]
    assert staff_pages
    assert all(page.is_staff and page.is_beside for page in staff_pages)
    assert not any(Place(name).is_staff for name in Name if not name.startswith("STAFF"))


def test_what_lies_before_the_scanner_is_meant_where_a_page_asks_for_a_scan_and_nowhere_else() -> None:
    asking = {Name.IDENTIFY, Name.TRACK, Name.RESUME_DRAFT, Name.STAFF_DEVICE}
    assert {name for name in Name if Place(name).scans} == asking


def test_places_and_their_stack_know_nothing_of_kivy() -> None:
    asked = "import sys, screens.navigation.stack; sys.exit(any(name.split('.')[0] == 'kivy' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
