"""A doubtful photo in an answer to the office waits for its choice, as in a form."""

import pytest
from screens_harness import Hands

from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance
from tests.screens.citizen.test_screens_answer import asked, sent
from tests.screens.citizen.test_screens_doubtful_photo import SlowCamera, in_sight, shoot, view_of


@pytest.mark.parametrize("size", [TextSize.MEDIUM, TextSize.EXTRA])
def test_the_answer_to_the_office_is_not_sent_without_the_choice(hands: Hands, size: TextSize) -> None:
    hands.dress(Appearance(text_size=size))
    asked(hands)
    hands.type("Ini")
    hands.tap("Tambahkan foto dokumen")
    shoot(hands, "GLARE")
    hands.page.write()
    hands.settle()
    hands.tap("Kirim jawaban")
    assert sent(hands) == (0, 0)
    assert hands.page.entry is None
    hands.must_see(hands.text("photo.choose"))
    assert in_sight(hands, view_of(hands))
    hands.tap(hands.text("photo.use"))
    hands.tap("Kirim jawaban")
    assert sent(hands) == (1, 1)


def test_of_the_answer_too_a_doubtful_photo_stays_until_the_choice(hands: Hands) -> None:
    asked(hands)
    hands.tap("Tambahkan foto dokumen")
    shoot(hands, "GLARE")
    assert hands.app.flow.citizen.answering is not None and hands.app.flow.citizen.answering.begun
    hands.app.flow.preferences.set_language("en")
    hands.settle()
    hands.must_see(hands.text("photo.problem.glare"))
    assert view_of(hands).doubtful
    hands.tap(hands.text("photo.use"))
    hands.must_see(hands.text("answer.photo.taken"))
    hands.forward()
    assert sent(hands) == (1, 1)


def test_without_words_too_the_answer_says_what_it_waits_for(hands: Hands) -> None:
    asked(hands)
    hands.tap("Tambahkan foto dokumen")
    shoot(hands, "GLARE")
    hands.tap("Kirim jawaban")
    assert sent(hands) == (0, 0)
    hands.must_see(hands.text("photo.choose"))


def test_the_answer_waits_for_a_shutter_that_is_still_at_work(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = SlowCamera(hands, monkeypatch)
    asked(hands)
    hands.type("Ini")
    hands.tap("Tambahkan foto dokumen")
    hands.tap(hands.text("photo.shoot"))
    hands.tap("Kirim jawaban")
    assert sent(hands) == (0, 0)
    hands.must_see(hands.text("photo.wait_first"))
    camera.take()
    hands.join()
    hands.tap("Kirim jawaban")
    assert sent(hands) == (1, 1)
