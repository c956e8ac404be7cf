"""A new kiosk that waits for its approval: what is compared stands on its screen, and nobody can begin anything."""

from collections.abc import Iterator

import pytest

from kiosk.catalogue.catalogue import Catalogue
from kiosk.events import LineChanged
from kiosk.machine.line_state import LineCondition
from protocol.languages import LANGUAGES
from rehearsal.hands import Hands
from screens.navigation.appearance import Appearance
from screens.navigation.places import Name


@pytest.fixture
def kiosk(hands: Hands) -> Iterator[Hands]:
    become(hands, LineCondition.WAITING)
    yield hands


def become(hands: Hands, condition: LineCondition) -> None:
    line = hands.rehearsal.line
    line.condition = condition
    hands.kiosk.bus.publish(LineChanged(line.state()))
    hands.settle()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compared_stands_on_the_screen(kiosk: Hands, language: str) -> None:
    kiosk.dress(Appearance(language=language))
    assert kiosk.place == Name.APPROVAL
    assert kiosk.unseen(kiosk.kiosk.identity.fingerprint) == []
    assert kiosk.unseen(kiosk.text("approval.title"), kiosk.text("approval.text")) == []


def test_nothing_can_be_begun_before(kiosk: Hands) -> None:
    kiosk.app.flow.citizen.start_tracking()
    kiosk.settle()
    assert (kiosk.place, kiosk.kiosk.session) == (Name.APPROVAL, None)


def test_the_home_screen_comes_by_itself_with_the_approval(kiosk: Hands) -> None:
    become(kiosk, LineCondition.ONLINE)
    assert kiosk.place == Name.HOME


def test_one_that_is_refused_says_what_to_do(kiosk: Hands) -> None:
    kiosk.kiosk.install(Catalogue.empty())
    become(kiosk, LineCondition.REVOKED)
    assert kiosk.place == Name.APPROVAL
    assert kiosk.unseen(kiosk.text("approval.refused.title"), kiosk.text("approval.refused.text")) == []
