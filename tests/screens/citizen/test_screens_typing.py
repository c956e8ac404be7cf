"""Typing by touch: the cursor goes where it is touched, keys repeat while they are held, what was erased comes back, names get
their capitals, and a NIK is a NIK in any form.
"""

from collections.abc import Iterator

import pytest
from kivy.tests.common import UnitTestTouch
from screens_harness import BOOT, Hands

from kiosk.session.session import Session
from rehearsal.citizen import Citizen
from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.way import Way, open_form
from screens.citizen.application.review_model import ReviewModel
from screens.citizen.controls.question import Question
from screens.look import layouts
from screens.look.current import current
from screens.look.tokens import TextSize
from screens.look.widgets import keyboard
from screens.look.widgets.caret import caret_of
from screens.look.widgets.entry import Layout
from screens.look.widgets.field import Field
from screens.look.widgets.keyboard import Key, RepeatingKey
from screens.navigation.appearance import DEFAULT_APPEARANCE, Appearance

NIK = "3578014107900001"
FOLLOWER = "3578014107920007"


@pytest.fixture
def asked(citizens: Hands) -> Iterator[Hands]:
    """At the first question of the service that asks every kind."""
    open_form(Way(citizens), SERVICE_ID)
    citizens.settle()
    yield citizens
    citizens.dress(DEFAULT_APPEARANCE)
    citizens.turn(BOOT.width, BOOT.height)


def session_of(hands: Hands) -> Session:
    assert hands.kiosk.session is not None
    return hands.kiosk.session


def ask(hands: Hands, ref: str) -> None:
    session_of(hands).show(ref)
    hands.settle(4)


def field_of(hands: Hands, nth: int = 0) -> Field:
    return [each for each in hands.widgets() if isinstance(each, Field)][nth]


def question(hands: Hands, name: str) -> Question:
    return next(each for each in Citizen(hands).questions() if each.node.name == name)


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


# --- a NIK in any form ---------------------------------------------------------------------------------------------


@pytest.fixture
def followers(citizens: Hands) -> Hands:
    """A service for which family members are entered, at its first question."""
    open_form(Way(citizens), "pindah")
    citizens.settle()
    return citizens


def add_follower(hands: Hands, nik: str, name: str) -> str:
    """One more, straight into the form; its reference."""
    session = session_of(hands)
    ref = session.add_repeat("/data/keluarga/pengikut")
    session.answer(f"{ref}/nik_pengikut", nik)
    session.answer(f"{ref}/nama_pengikut", name)
    session.answer(f"{ref}/hubungan_pengikut", session.form.nodes[f"{ref}/hubungan_pengikut"].choices[0].value)
    return ref


def with_family(hands: Hands) -> None:
    session = session_of(hands)
    kind = next(node for node in session.form.nodes.values() if node.name == "jenis_kepindahan")
    session.answer(kind.ref, next(choice.value for choice in kind.choices if choice.value != "kepala"))


def open_follower(hands: Hands, nik: str = "") -> None:
    with_family(hands)
    ref = add_follower(hands, nik, "Budi")
    session_of(hands).show(ref)
    hands.settle(4)
    hands.tap_widget(field_of(hands))


def test_a_nik_takes_sixteen_digits_and_says_how_many_are_missing(followers: Hands) -> None:
    open_follower(followers)
    assert followers.key("+") is None
    followers.type(FOLLOWER[:14])
    assert followers.unseen("3578 0141 0792 00", "Kurang 2 angka lagi.") == []
    followers.type(f"{FOLLOWER[14:]}9")
    assert followers.page.entry.text == FOLLOWER


@pytest.mark.parametrize(
    ("typed", "reported"),
    [
        (FOLLOWER[:15], "NIK terdiri dari 16 angka. Silakan lengkapi. Kurang 1 angka lagi."),
        ("3578014113920007", "Angka ke-7 sampai ke-12 bukan tanggal lahir yang ada."),
        ("3578014107920000", "Empat angka terakhir tidak mungkin 0000."),
        (NIK, "NIK ini sama dengan: NIK."),
    ],
)
def test_what_is_wrong_with_a_nik_is_said_as_it_is(followers: Hands, typed: str, reported: str) -> None:
    open_follower(followers)
    followers.type(typed)
    followers.forward()
    for _ in range(3):
        if followers.sees(reported):
            break
        followers.forward()
    assert followers.unseen(reported) == []
    assert question(followers, "nik_pengikut").problem


def test_an_address_for_email_says_what_it_should_look_like(asked: Hands) -> None:
    ask(asked, "/data/surel")
    asked.type("siti@contoh")
    asked.page.model.unfocus()
    asked.settle()
    assert asked.unseen(asked.text("form.problem.email")) == []
    asked.tap_widget(field_of(asked))
    asked.type(".id")
    assert not question(asked, "surel").problem


def test_another_number_of_sixteen_digits_is_typed_alike(followers: Hands) -> None:
    ask(followers, next(ref for ref in session_of(followers).form.nodes if ref.endswith("nomor_kk")))
    followers.tap_widget(
        next(each for each in question(followers, "nomor_kk").walk(restrict=True) if isinstance(each, Field))
    )
    assert followers.page.entry.layout is Layout.NIK
    followers.type("357801200815000")
    followers.page.model.unfocus()
    followers.settle()
    assert followers.unseen("Nomor ini terdiri dari 16 angka. Kurang 1 angka lagi.") == []
    followers.tap_widget(
        next(each for each in question(followers, "nomor_kk").walk(restrict=True) if isinstance(each, Field))
    )
    followers.type("1")
    assert not question(followers, "nomor_kk").problem


# --- people who stand twice ----------------------------------------------------------------------------------------


def test_a_follower_who_was_entered_already_is_asked_about_once(followers: Hands) -> None:
    with_family(followers)
    add_follower(followers, FOLLOWER, "Budi")
    second = add_follower(followers, FOLLOWER, "Budi Santoso")
    session_of(followers).show(second)
    followers.settle(4)
    here = session_of(followers).page
    followers.forward()
    assert session_of(followers).page == here
    assert followers.unseen("Ini sudah diisi untuk: Anggota keluarga yang ikut pindah 2. Budi.") == []
    assert not question(followers, "nik_pengikut").problem
    followers.forward()
    assert session_of(followers).page != here


def test_the_list_says_who_stands_twice_until_one_of_them_goes(followers: Hands) -> None:
    with_family(followers)
    add_follower(followers, FOLLOWER, "Budi")
    second = add_follower(followers, FOLLOWER, "Budi")
    session_of(followers).show("/data/keluarga/pengikut")
    followers.settle(3)
    told = followers.text("review.twice", what="3578 0141 0792 0007", where="Anggota keluarga yang ikut pindah")
    assert followers.unseen(told) == []
    followers.page.model.remove_instance(second)
    followers.settle()
    assert not followers.sees(told)


def test_the_review_says_who_stands_twice(followers: Hands) -> None:
    with_family(followers)
    for _ in range(2):
        add_follower(followers, FOLLOWER, "Budi")
    add_follower(followers, "3578014107910006", "Ani")
    reported = ReviewModel(followers.app.flow, session_of(followers)).warnings()
    assert reported == (
        followers.text("review.twice", what="3578 0141 0792 0007", where="Anggota keluarga yang ikut pindah"),
    )


# --- what is marked in red -----------------------------------------------------------------------------------------


def test_the_red_strip_names_the_fields_and_goes_with_the_last_of_them(asked: Hands) -> None:
    ask(asked, "/data/alamat/jalan")
    asked.forward()
    reported = asked.text("form.look_above", what="Jalan dan nomor rumah, RT, Rumah milik sendiri?")
    assert asked.page.problem == reported
    asked.type("Melati 2")
    assert asked.page.problem == asked.text("form.look_above", what="RT, Rumah milik sendiri?")
    citizen = Citizen(asked)
    citizen.answer(question(asked, "rt"), "3")
    citizen.answer(question(asked, "milik"), "ya")
    assert asked.page.problem == ""


def test_a_number_that_is_too_large_is_said_in_the_citizens_words(asked: Hands) -> None:
    ask(asked, "/data/anak")
    asked.type("99999999999")
    asked.forward()
    assert asked.unseen(asked.text("form.problem.number_size")) == []
    assert not [text for text in asked.texts() if text.startswith("This takes")]
