"""The one kiosk of a file, in the kiosk's own look, and somebody of the staff before it."""

from collections.abc import Iterator

import pytest

from rehearsal.hands import Hands
from screens.navigation.appearance import Appearance
from tests.screens.staff.staff_kit import come_in


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(Appearance())
    yield citizens


@pytest.fixture
def on_duty(kiosk: Hands) -> Hands:
    """Signed in. By touch it is done where that is what is looked at (``staff_kit.sign_in``)."""
    come_in(kiosk)
    return kiosk
