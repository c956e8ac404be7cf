"""Rating a session by touch: one face, or nine questions; nothing is asked twice and nothing holds anybody up."""

from flows_kit import send
from screens_harness import Hands

from kiosk.city.ratings import SCORES, Element
from kiosk.store.reports import ReportKind
from screens.look.widgets.cards import ChoiceCard, TileCard


def scores(hands: Hands) -> list[dict[str, int]]:
    return [one.body["scores"] for one in hands.kiosk.store.reports.waiting(ReportKind.RATING, 10)]


def test_one_touch_rates_the_session(hands: Hands) -> None:
    send(hands)
    hands.tap("Sangat baik")
    hands.must_see("Terima kasih, penilaian Anda tersimpan tanpa nama.")
    assert scores(hands) == [{"overall": 4}]
    assert not hands.sees("Bagaimana pelayanan di kios ini?")


def test_it_is_not_asked_again_when_the_language_changes(hands: Hands) -> None:
    send(hands)
    hands.tap("Kurang baik")
    hands.app.flow.preferences.set_language("en")
    hands.settle()
    hands.must_see("Your rating was stored")
    assert len(scores(hands)) == 1


def test_nine_questions_one_touch_each(hands: Hands) -> None:
    send(hands)
    hands.tap("Baik", exactly=True)
    hands.tap("Jawab 9 pertanyaan")
    for number in range(1, 10):
        hands.must_see(f"Pertanyaan {number} dari 9")
        hands.tap("Baik", exactly=True)
    hands.must_see("Sembilan jawaban Anda tersimpan")
    assert {element.value: 3 for element in Element} in scores(hands)


def test_the_scale_goes_from_bad_to_good_wherever_it_is_asked(hands: Hands) -> None:
    """Faces beside each other, answers below each other, in each of the nine questions: as people read them, the worst first."""
    send(hands)
    words = [hands.text(f"rate.score.{score}") for score in SCORES]
    for width, height in ((540, 960), (960, 540)):
        hands.turn(width, height)
        assert in_reading_order(hands, TileCard) == words
    hands.turn(540, 960)
    hands.tap(words[-1], exactly=True)
    hands.tap("Jawab 9 pertanyaan")
    for _ in Element:
        assert in_reading_order(hands, ChoiceCard) == words
        hands.tap(words[0], exactly=True)


def in_reading_order(hands: Hands, kind: type[TileCard] | type[ChoiceCard]) -> list[str]:
    """What the cards say, from the upper left to the lower right."""
    hands.settle(4)
    cards = [widget for widget in hands.widgets() if isinstance(widget, kind)]
    return [card.title for card in sorted(cards, key=lambda card: (-round(card.center_y), card.x))]


def test_back_keeps_what_was_answered_and_stopping_keeps_nothing(hands: Hands) -> None:
    send(hands)
    hands.tap("Baik", exactly=True)
    hands.tap("Jawab 9 pertanyaan")
    hands.tap("Tidak baik")
    hands.tap("Kembali")
    assert [card.key for card in hands.page.ids.choices.children if card.chosen] == ["1"]
    hands.tap("Berhenti menilai")
    hands.must_see("Permohonan tersimpan", "Jawab 9 pertanyaan")
    assert scores(hands) == [{"overall": 3}]


def test_whoever_does_not_want_to_rate_just_finishes(hands: Hands) -> None:
    send(hands)
    hands.tap("Selesai")
    # The slip is still in the printer.
    hands.tap(hands.text("code.go"))
    hands.must_see("Terima kasih")
    assert scores(hands) == []
