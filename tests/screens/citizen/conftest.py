"""A citizen at the form that asks every kind of question."""

from collections.abc import Iterator

import pytest
from screens_harness import BOOT, Hands

from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.way import Way, open_form
from screens.navigation.appearance import DEFAULT_APPEARANCE


@pytest.fixture
def asked(citizens: Hands) -> Iterator[Hands]:
    """At its first question."""
    open_form(Way(citizens), SERVICE_ID)
    citizens.settle()
    yield citizens
    citizens.dress(DEFAULT_APPEARANCE)
    citizens.turn(BOOT.width, BOOT.height)
