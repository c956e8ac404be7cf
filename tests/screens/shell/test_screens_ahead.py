"""Pages that are made before somebody goes there: taken when they still say what is so, never kept of a session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from kivy.core.text import LabelBase
from kivy.tests.common import UnitTestTouch
from screens_harness import BOOT, Hands

from kiosk.catalogue.catalogue import Catalogue
from rehearsal import rehearse
from screens.language.texts import Catalogues
from screens.look.widgets.text import Words
from screens.navigation.places import Name, Place
from screens.shell.ahead import REST_S

#: The page that was in sight when the kiosk said that it can be used.
USABLE_WITH: Final[list[Any]] = []


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory, catalogues: Catalogues, city: Catalogue) -> Iterator[Hands]:
    folder: Path = tmp_path_factory.mktemp("kiosk")
    rehearsed = rehearse(folder, catalogues, city)
    made = Hands(rehearsed, BOOT, makes_ahead=True)
    made.app.options = replace(made.app.options, when_usable=lambda: USABLE_WITH.append(made.app.stage.page))
    made.start()
    yield made
    made.stop()
    rehearsed.close()


@pytest.fixture
def resting(kiosk: Hands) -> Hands:
    """Nobody was there for a while."""
    kiosk.rehearsal.all_well()
    kiosk.go_home()
    kiosk.settle()
    kiosk.rehearsal.clock.advance(REST_S)
    kiosk.stage.tick()
    return kiosk


def made_ahead(hands: Hands) -> Any:
    return hands.stage.ahead._page


def test_the_devices_begin_once_the_first_page_was_drawn(kiosk: Hands) -> None:
    kiosk.settle()
    assert [page is not None for page in USABLE_WITH] == [True]


def test_the_list_of_services_is_made_while_nobody_is_there(resting: Hands) -> None:
    page = made_ahead(resting)
    assert page is not None
    resting.app.flow.citizen.start()
    resting.settle()
    assert resting.page is page
    assert made_ahead(resting) is None


def test_a_page_that_was_made_ahead_works(resting: Hands) -> None:
    resting.app.flow.citizen.start()
    resting.settle()
    resting.tap(resting.text("services.search"))
    assert resting.place == Name.SEARCH


def test_its_letters_were_drawn_before_it_comes_into_sight(resting: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    fill = LabelBase._texture_fill

    def counted(label: Any, texture: Any) -> None:
        written.append(label.text)
        fill(label, texture)

    monkeypatch.setattr(LabelBase, "_texture_fill", counted)
    resting.settle(4)
    page = made_ahead(resting)
    assert len(written) > 1
    written.clear()
    for text in [widget for widget in page.walk(restrict=True) if isinstance(widget, Words) and widget.texture]:
        text.texture.bind()
    assert written == []


def test_it_says_what_is_amiss_by_then(resting: Hands) -> None:
    resting.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    resting.settle()
    resting.app.flow.citizen.start()
    resting.settle()
    assert resting.page.banner == resting.app.flow.banner() != ""


def test_another_language_wants_another_page(resting: Hands) -> None:
    page = made_ahead(resting)
    resting.app.flow.preferences.set_language("en")
    resting.app.flow.citizen.start()
    resting.settle()
    assert resting.page is not page
    assert resting.page.heading == resting.text("services.title")


def test_a_service_is_made_under_the_finger(resting: Hands) -> None:
    resting.app.flow.citizen.start()
    resting.settle()
    card = resting.find("Surat Keterangan Domisili")
    resting.look()
    touch = UnitTestTouch(*card.to_window(*card.center))
    touch.touch_down()
    resting.settle()
    page = made_ahead(resting)
    assert page is not None
    touch.touch_up()
    resting.settle()
    assert resting.page is page
    assert resting.page.place == "Surat Keterangan Domisili" == resting.page.heading


def test_what_was_made_for_a_finger_that_went_elsewhere_ends(resting: Hands) -> None:
    resting.app.flow.citizen.start()
    resting.settle()
    resting.stage.ahead.make(Place(Name.SERVICE, "domisili"))
    resting.app.flow.citizen.open_search()
    resting.settle()
    assert made_ahead(resting) is None


def test_nothing_made_for_a_session_outlives_it(resting: Hands) -> None:
    resting.app.flow.citizen.start()
    resting.settle()
    resting.stage.ahead.make(Place(Name.SERVICE, "domisili"))
    resting.go_home()
    assert made_ahead(resting) is None


def test_a_service_that_cannot_be_begun_any_more_is_made_anew(resting: Hands) -> None:
    resting.app.flow.citizen.start()
    resting.settle()
    resting.stage.ahead.make(Place(Name.SERVICE, "domisili"))
    page = made_ahead(resting)
    resting.rehearsal.disk.bytes_free = 0
    resting.app.flow.citizen.open_service("domisili")
    resting.settle()
    assert resting.page is not page
    assert (resting.page.can_forward, bool(resting.page.shown.blocked)) == (False, True)
