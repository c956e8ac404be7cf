"""Whoever listens hears the question before people go."""

from screens_harness import Hands
from speech_kit import Ears, Listener

from tests.screens.citizen.test_screens_fewer import arrive, question, retype


def test_the_question_is_heard(ears: Ears, hands: Hands) -> None:
    hands.app.flow.voice.start()
    arrive(hands)
    listener = Listener(hands, ears)
    listener.listen()
    retype(hands, "1")
    listener.listen()
    hands.page.model.unfocus()
    hands.settle()
    reported = listener.listen()
    assert hands.text("fewer.title").rstrip("?") in reported
    assert question(hands, 2).split(".")[0] in reported
