"""The voice of an app: plugged in before the app is built, so whoever tests it asks for ``ears`` before ``hands``."""

import pytest
from screens_harness import Hands
from speech_kit import Ears, Listener

from rehearsal import Rehearsal


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


@pytest.fixture
def listener(ears: Ears, hands: Hands) -> Listener:
    return Listener(hands, ears)
