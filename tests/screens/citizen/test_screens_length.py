"""How much can be typed: a complaint's thousand letters, an answer's two thousand; and a full field says so."""

from collections.abc import Iterator

import pytest
from keys_kit import press
from screens_harness import Hands
from speech_kit import Ears, Listener

from kiosk.session.privacy import Privacy
from protocol.languages import LANGUAGES
from protocol.limits import ANSWER_CHARACTERS
from rehearsal import Rehearsal
from rehearsal.citizen import Citizen
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, open_form
from screens.citizen.controls.question import Question
from screens.look.focus_mark import seen_box
from screens.look.layouts import BACKSPACE
from screens.look.tokens import TextSize
from screens.look.widgets.entry import DIGITS_LENGTH, MULTILINE_LENGTH, TEXT_LENGTH, Entry, Layout
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import LengthNote
from screens.navigation.appearance import Appearance
from tests.screens.citizen.test_screens_answer import asked

#: What the complaint's form takes.
COMPLAINT_CHARACTERS = 1_000
WORDS = "Lampu jalan di depan rumah mati. "


@pytest.fixture
def dressed(citizens: Hands) -> Iterator[Hands]:
    yield citizens
    citizens.dress(Appearance())


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


def words(length: int) -> str:
    return (WORDS * (length // len(WORDS) + 1))[:length]


def open_page(hands: Hands, service: str, name: str) -> Question:
    open_form(Way(hands), service)
    session = hands.kiosk.session
    assert session is not None
    if session.form is None:
        session.choose_privacy(Privacy.ANONYMOUS)
    assert session.form is not None
    session.show(next(node.ref for node in session.form.nodes.values() if node.name == name))
    hands.settle()
    question = next(each for each in Citizen(hands).questions() if each.node.name == name)
    hands.page.model.focus_on(question.node)
    hands.settle()
    return question


def full_note(hands: Hands) -> LengthNote:
    return next(each for each in hands.page.ids.body.walk() if isinstance(each, LengthNote))


def limit_text(hands: Hands, limit: int) -> str:
    return hands.text("keyboard.full", n=hands.app.flow.formatting.number(limit))


def seen(widget: Field | LengthNote) -> tuple[bool, bool]:
    """Whether the widget's top and its bottom are within the pane."""
    left, bottom = widget.to_window(widget.x, widget.y)
    whole = (left, bottom, left + widget.width, bottom + widget.height)
    part = seen_box(widget, whole)
    return part is not None and part[3] == whole[3], part is not None and part[1] == whole[1]


@pytest.mark.parametrize(
    ("layout", "limit", "takes"),
    [
        (Layout.LETTERS, None, TEXT_LENGTH),
        (Layout.LETTERS, MULTILINE_LENGTH, MULTILINE_LENGTH),
        (Layout.LETTERS, 3, 3),
        (Layout.DIGITS, None, DIGITS_LENGTH),
        (Layout.DIGITS, DIGITS_LENGTH + 10, DIGITS_LENGTH + 10),
    ],
)
def test_an_explicit_limit_wins(layout: Layout, limit: int | None, takes: int) -> None:
    entry = Entry(layout, limit=limit)
    assert entry.type("1" * takes)
    assert (len(entry.text), entry.full, entry.overfull) == (takes, True, False)
    assert not entry.type("1")
    assert (len(entry.text), entry.overfull) == (takes, True)


def test_what_goes_beyond_the_limit_is_cut_off_and_said() -> None:
    entry = Entry(Layout.LETTERS, limit=5)
    assert entry.type("abcdefg")
    assert len(entry.text) == 5
    assert entry.overfull


@pytest.mark.parametrize("change", ["backspace", "clear"])
def test_with_room_again_it_is_not_overfull(change: str) -> None:
    entry = Entry(Layout.LETTERS, limit=2)
    entry.type("abc")
    getattr(entry, change)()
    assert not entry.overfull


@pytest.mark.parametrize(("layout", "digits"), [(Layout.NIK, 16), (Layout.DATE, 8), (Layout.TIME, 4)])
def test_what_is_complete_is_not_overfull(layout: Layout, digits: int) -> None:
    heard: list[str] = []
    entry = Entry(layout, "1" * digits)
    entry.listen(lambda: heard.append("changed"))
    assert not entry.type("1")
    assert (entry.overfull, heard) == (False, [])


def test_a_complaint_takes_as_many_letters_as_its_form(citizens: Hands) -> None:
    question = open_page(citizens, "pengaduan", "uraian")
    citizens.page.entry.type(words(COMPLAINT_CHARACTERS))
    assert len(question.node.value) == COMPLAINT_CHARACTERS
    assert question.node.violation is None
    citizens.page.entry.type("a")
    violation = question.node.violation
    assert violation is not None
    citizens.forward()
    citizens.must_see(violation.message)


def test_a_text_of_several_lines_takes_two_thousand_letters_and_then_says_so(citizens: Hands) -> None:
    question = open_page(citizens, "setiap-isian", "keterangan")
    citizens.page.entry.type(words(MULTILINE_LENGTH))
    citizens.settle()
    assert not citizens.sees(limit_text(citizens, MULTILINE_LENGTH))
    citizens.strike("a")
    citizens.settle()
    assert len(question.node.value) == MULTILINE_LENGTH
    citizens.must_see(limit_text(citizens, MULTILINE_LENGTH))
    assert seen(full_note(citizens)) == (True, True)
    citizens.strike(BACKSPACE)
    citizens.settle()
    assert not citizens.sees(limit_text(citizens, MULTILINE_LENGTH))


@pytest.mark.parametrize("size", TextSize)
def test_where_a_long_text_is_typed_stays_in_sight(dressed: Hands, size: TextSize) -> None:
    dressed.dress(Appearance(text_size=size))
    question = open_page(dressed, "pengaduan", "uraian")
    field = next(each for each in question.walk(restrict=True) if isinstance(each, Field))
    for _ in range(12):
        dressed.page.entry.type(words(80))
        dressed.settle()
        assert seen(field)[1]


def test_what_is_there_already_is_never_cut_off(citizens: Hands) -> None:
    long = words(TEXT_LENGTH + 100)
    show("nama", long)(Way(citizens))
    citizens.settle()
    citizens.strike(BACKSPACE)
    citizens.settle()
    (question,) = Citizen(citizens).questions()
    assert question.node.value == long[:-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_field_says_so_in_the_language_of_the_citizen(dressed: Hands, language: str) -> None:
    dressed.dress(Appearance(language))
    show("nama")(Way(dressed))
    dressed.settle()
    dressed.page.entry.type(words(TEXT_LENGTH))
    dressed.strike("a")
    dressed.settle()
    dressed.must_see(limit_text(dressed, TEXT_LENGTH))


def test_a_full_field_is_heard(ears: Ears, hands: Hands) -> None:
    hands.app.flow.voice.start()
    show("nama")(Way(hands))
    hands.settle()
    hands.page.entry.type(words(TEXT_LENGTH))
    hands.settle()
    listener = Listener(hands, ears)
    press(hands, "tab")
    while not hands.app.keypad.ring.current.is_key:
        press(hands, "tab")
    listener.listen()
    assert limit_text(hands, TEXT_LENGTH).rstrip(".") in listener.press("enter")


def test_an_answer_to_the_office_takes_what_the_office_takes(hands: Hands) -> None:
    asked(hands)
    hands.page.entry.type(words(ANSWER_CHARACTERS))
    hands.settle()
    assert len(hands.page.entry.text) == ANSWER_CHARACTERS
    assert not hands.sees(limit_text(hands, ANSWER_CHARACTERS))
    hands.strike("a")
    hands.settle()
    hands.must_see(limit_text(hands, ANSWER_CHARACTERS))
    assert seen(full_note(hands)) == (True, True)
