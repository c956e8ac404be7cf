"""A photo is seen larger: after it was taken and in the review, by touch and by keys; nothing of it stays."""

from collections.abc import Iterator

import pytest
from keys_kit import press, walk_to
from kivy.tests.common import UnitTestTouch
from screens_harness import Hands

from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, domicile_review
from screens.citizen.application.review import PhotoLine
from screens.citizen.controls.viewfinder import EnlargeArea
from screens.navigation.places import Name, Over
from screens.shell.enlarged import ZOOMS, Loupe


@pytest.fixture
def photographed(citizens: Hands) -> Iterator[Hands]:
    """A citizen who took the photo of a document."""
    show("foto")(Way(citizens))
    citizens.settle()
    citizens.tap(citizens.text("photo.shoot"))
    citizens.join()
    yield citizens


def loupe_of(hands: Hands) -> Loupe:
    return next(each for each in hands.widgets() if isinstance(each, Loupe))


def drag(hands: Hands, loupe: Loupe, right: float, upward: float) -> None:
    """A finger from the middle of the picture."""
    x, y = loupe.to_window(*loupe.center)
    hands.look()
    finger = UnitTestTouch(x, y)
    finger.touch_down()
    finger.touch_move(x + right, y + upward)
    finger.touch_up()
    hands.settle()


def test_a_touch_on_the_photo_that_was_taken_shows_it_larger(photographed: Hands) -> None:
    hands = photographed
    hands.tap_widget(next(each for each in hands.widgets() if isinstance(each, EnlargeArea)))
    hands.must_see("Foto Kartu Keluarga", hands.text("photo.close"))
    loupe = loupe_of(hands)
    assert loupe.whole[1] > loupe.height
    hands.tap(hands.text("photo.larger"))
    assert loupe.zoom == ZOOMS[-1]
    hands.tap(hands.text("photo.close"))
    assert hands.app.flow.over is Over.NOTHING
    assert hands.app.flow.enlarging.photo == b""
    hands.must_see(hands.text("photo.taken"))


def test_a_finger_moves_the_picture_and_never_beyond_its_edge(photographed: Hands) -> None:
    hands = photographed
    hands.tap(hands.text("photo.enlarge"))
    hands.tap(hands.text("photo.larger"))
    loupe = loupe_of(hands)
    before = (loupe.across, loupe.up)
    drag(hands, loupe, -20, -10)
    assert loupe.across > before[0] and loupe.up > before[1]
    drag(hands, loupe, 5 * loupe.width, 5 * loupe.height)
    left, bottom = loupe.place(*loupe.whole, loupe.across, loupe.up)
    assert left <= loupe.x + 1 and bottom <= loupe.y + 1
    for _ in ZOOMS:
        if hands.sees(hands.text("photo.smaller")) and loupe.zoom > ZOOMS[0]:
            hands.tap(hands.text("photo.smaller"))
    assert (loupe.across, loupe.up) == (0.5, 0.5)


def test_a_photo_that_is_doubted_is_looked_at_before_it_is_decided(citizens: Hands) -> None:
    show("foto")(Way(citizens))
    citizens.settle()
    citizens.rehearsal.camera.problem = "GLARE"
    citizens.tap(citizens.text("photo.shoot"))
    citizens.join()
    citizens.tap(citizens.text("photo.enlarge"))
    assert loupe_of(citizens).texture is not None
    citizens.tap(citizens.text("photo.close"))
    citizens.must_see(citizens.text("photo.use"))


def test_nothing_is_enlarged_before_a_photo_was_taken(citizens: Hands) -> None:
    show("foto")(Way(citizens))
    citizens.settle()
    assert citizens.unseen(citizens.text("photo.enlarge")) != []


def test_by_keys_the_photo_is_enlarged_and_looked_through(photographed: Hands) -> None:
    hands = photographed
    walk_to(hands, hands.text("photo.enlarge"))
    press(hands, "enter")
    loupe = loupe_of(hands)
    before = loupe.up
    walk_to(hands, hands.text("photo.down"))
    press(hands, "enter")
    assert loupe.up < before
    walk_to(hands, hands.text("photo.close"))
    press(hands, "enter")
    assert hands.app.flow.over is Over.NOTHING


def test_the_review_shows_each_photo_and_enlarges_it_and_a_touch_beside_takes_it_anew(citizens: Hands) -> None:
    domicile_review(Way(citizens))
    citizens.settle(3)
    line = next(each for each in citizens.widgets() if isinstance(each, PhotoLine))
    assert line.texture is not None
    citizens.tap(citizens.text("review.enlarge", what=line.label))
    assert citizens.app.flow.over is Over.PHOTO
    assert loupe_of(citizens).texture is not None
    citizens.tap(citizens.text("photo.close"))
    assert citizens.app.flow.place.name is Name.REVIEW
    line = next(each for each in citizens.widgets() if isinstance(each, PhotoLine))
    citizens.tap_widget(line.ids.line)
    assert citizens.app.flow.place.name is Name.FORM


def test_whoever_goes_leaves_no_photo_behind(photographed: Hands) -> None:
    photographed.tap(photographed.text("photo.enlarge"))
    photographed.go_home()
    photographed.settle()
    assert photographed.app.flow.enlarging.photo == b""
    assert not any(isinstance(each, Loupe) for each in photographed.widgets())
    assert photographed.app.flow.place.name is Name.HOME
