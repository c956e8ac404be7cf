"""Typing by touch: the cursor goes where it is touched, keys repeat while they are held, what was erased comes back, and names
get their capitals."""

import pytest
from flows_kit import session_of
from kivy.tests.common import UnitTestTouch
from questions_kit import ask, field_of
from screens_harness import BOOT, Hands

from screens.look import layouts
from screens.look.current import current
from screens.look.tokens import TextSize
from screens.look.widgets import keyboard
from screens.look.widgets.caret import caret_of
from screens.look.widgets.entry import Layout
from screens.look.widgets.field import Field
from screens.look.widgets.keyboard import Key, RepeatingKey
from screens.navigation.appearance import Appearance


def touch_before(hands: Hands, field: Field, place: int) -> None:
    """A finger where the cursor stands before that character of what is shown."""
    at = caret_of(field.ids.words, place)
    hands.touch(at.x + 1, at.bottom + at.height / 2)
    hands.settle()


# --- the cursor ----------------------------------------------------------------------------------------------------


def test_the_cursor_goes_where_the_field_is_touched(asked: Hands) -> None:
    ask(asked, "/data/nama")
    asked.type("Siti Amnah")
    field = field_of(asked)
    touch_before(asked, field, 7)
    asked.type("i")
    assert asked.page.entry.text == "Siti Aminah"
    asked.strike(layouts.BACKSPACE)
    assert asked.page.entry.text == "Siti Amnah"


def test_a_field_that_is_touched_anew_is_gone_on_with_there(asked: Hands) -> None:
    session_of(asked).answer("/data/alamat/jalan", "Jalan Melati 2")
    ask(asked, "/data/alamat/jalan")
    field = field_of(asked)
    assert not field.active
    touch_before(asked, field, 13)
    assert field.active
    asked.type("1")
    assert asked.page.entry.text == "Jalan Melati 12"


def test_in_a_text_of_several_lines_the_line_is_meant_too(asked: Hands) -> None:
    ask(asked, "/data/keterangan")
    asked.page.entry.set("Kami pindah ke rumah orang tua karena lebih dekat dengan sekolah anak dan tempat kerja.")
    asked.settle(4)
    field = field_of(asked)
    text = asked.page.entry.text
    for word in ("pindah", "sekolah", "kerja"):
        touch_before(asked, field, text.index(word))
        assert asked.page.entry.cursor == text.index(word)


@pytest.mark.parametrize(("name", "value", "shown", "cursor"), [("lahir", "1990-08-17", 5, 2), ("luas", "72.5", 2, 2)])
def test_what_only_stands_between_digits_is_no_place_of_its_own(
    asked: Hands, name: str, value: str, shown: int, cursor: int
) -> None:
    """ "17 / 08 / 1990": before the month are two digits, whatever is drawn between."""
    session_of(asked).answer(f"/data/{name}", value)
    ask(asked, f"/data/{name}")
    touch_before(asked, field_of(asked), shown)
    assert asked.page.entry.cursor == cursor


def test_the_cursor_is_drawn_where_the_next_key_goes(asked: Hands) -> None:
    ask(asked, "/data/nama")
    asked.type("Budi")
    asked.settle(4)
    field = field_of(asked)
    behind = field.caret[0]
    touch_before(asked, field, 2)
    x, bottom, height = field.caret
    assert field.ids.words.x < x < behind
    assert field.y <= bottom and bottom + height <= field.top
    touch_before(asked, field, 0)
    assert field.caret[0] == pytest.approx(field.ids.words.x)


def test_a_field_that_is_left_is_gone_on_with_at_its_end(asked: Hands) -> None:
    session_of(asked).answer("/data/alamat/jalan", "Jalan Melati")
    ask(asked, "/data/alamat/jalan")
    touch_before(asked, field_of(asked), 3)
    entry = asked.page.entry
    asked.page.model.unfocus()
    asked.settle()
    assert entry.cursor == len(entry.text)


# --- keys ----------------------------------------------------------------------------------------------------------


def hold(hands: Hands, name: str) -> UnitTestTouch:
    key = hands.key(name)
    assert key is not None
    finger = UnitTestTouch(*key.to_window(*key.center))
    finger.touch_down()
    return finger


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key repeats with each frame: no test waits for the clock on the wall."""
    monkeypatch.setattr(keyboard, "HOLD_S", 0)
    monkeypatch.setattr(keyboard, "REPEAT_S", 0)


@pytest.mark.usefixtures("at_once")
def test_backspace_goes_on_while_it_is_held_and_no_longer(asked: Hands) -> None:
    ask(asked, "/data/nama")
    asked.type("Siti Aminah")
    finger = hold(asked, layouts.BACKSPACE)
    for _ in range(5):
        asked.frame()
    left = len(asked.page.entry.text)
    assert 0 < left < 9
    finger.touch_up()
    for _ in range(5):
        asked.frame()
    assert len(asked.page.entry.text) == left


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("how", ["aside", "empty", "gone"])
def test_a_held_key_ends_with_what_it_was_held_for(asked: Hands, how: str) -> None:
    ask(asked, "/data/nama")
    asked.type("Sumiyati" if how != "empty" else "Si")
    finger = hold(asked, layouts.BACKSPACE)
    asked.settle(3)
    if how == "aside":
        finger.touch_move(5, BOOT.height - 5)
    elif how == "gone":
        ask(asked, "/data/keterangan")
        asked.page.entry.set("Pindah")
    before = asked.page.entry.text
    asked.settle(4)
    assert asked.page.entry.text == ("" if how == "empty" else before)
    finger.touch_up()
    asked.settle()


def test_a_touch_of_backspace_takes_one_character(asked: Hands) -> None:
    ask(asked, "/data/nama")
    asked.type("Budi")
    asked.strike(layouts.BACKSPACE)
    asked.settle(3)
    assert asked.page.entry.text == "Bud"


@pytest.mark.parametrize("layout", Layout)
def test_every_keyboard_has_one_key_that_erases_all(layout: Layout) -> None:
    keys = [key for row in layouts.rows(layout) for key in row]
    assert keys.count(layouts.CLEAR) == 1


@pytest.mark.parametrize(
    ("name", "typed"), [("nama", "Siti"), ("telepon", "081234567"), ("luas", "72.5"), ("surel", "a@b.id")]
)
def test_what_was_erased_by_mistake_comes_back(asked: Hands, name: str, typed: str) -> None:
    ask(asked, f"/data/{name}")
    asked.type(typed)
    asked.strike(layouts.CLEAR)
    assert (asked.page.entry.text, session_of(asked).form.nodes[f"/data/{name}"].value) == ("", "")
    assert asked.find(asked.text("keyboard.bring_back")) is asked.key(layouts.CLEAR)
    asked.strike(layouts.CLEAR)
    assert asked.page.entry.text == typed
    assert asked.find(asked.text("keyboard.clear")) is asked.key(layouts.CLEAR)


def test_the_letters_on_the_keys_grow_with_the_text(asked: Hands) -> None:
    ask(asked, "/data/nama")
    sizes = []
    for size in TextSize:
        asked.dress(Appearance(text_size=size))
        key = asked.key("1")
        assert key is not None
        label = key.children[0]
        assert label.texture_size[1] <= key.height and label.texture_size[0] <= key.width
        sizes.append(label.font_size)
    assert sizes == sorted(set(sizes))
    assert sizes[-1] >= current().lead - 1


@pytest.mark.parametrize("name", ["/data/nama", "/data/surel"])
def test_no_key_is_narrower_than_its_words(asked: Hands, name: str) -> None:
    asked.dress(Appearance("en", text_size=TextSize.EXTRA))
    ask(asked, name)
    cut = [
        key.text for key in list(asked.keys()) if isinstance(key, Key) and key.children[0].texture_size[0] > key.width
    ]
    assert cut == []


def test_only_what_erases_repeats(asked: Hands) -> None:
    ask(asked, "/data/nama")
    assert [key.key for key in list(asked.keys()) if isinstance(key, RepeatingKey)] == [layouts.BACKSPACE]


# --- names ---------------------------------------------------------------------------------------------------------


def lettered(hands: Hands) -> str:
    key = hands.key("q")
    assert key is not None
    return str(key.text)


def test_each_word_of_a_name_begins_with_a_capital(asked: Hands) -> None:
    ask(asked, "/data/nama")
    for key in ("s", "i", layouts.SPACE, "n", "u", "r", "-", "a"):
        asked.strike(key)
    assert asked.page.entry.text == "Si Nur-A"
    assert lettered(asked) == "q"


def test_a_text_that_is_no_name_has_one_capital_a_sentence(asked: Hands) -> None:
    ask(asked, "/data/keterangan")
    for key in ("s", "i", layouts.SPACE, "n", ".", layouts.SPACE, "a"):
        asked.strike(key)
    assert asked.page.entry.text == "Si n. A"
