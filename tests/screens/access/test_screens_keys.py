"""Keys alone operate everything: Tab, arrows and Enter, or the five keys of a keypad that sends them."""

import gc
import weakref

import pytest
from keys_kit import focused, hold, label, press, type_keys, walk_to
from kivy.core.window import Window
from screens_harness import Hands

from kiosk.events import EndReason
from rehearsal import Rehearsal
from screens.access.focus import nearest
from screens.access.keypads import TABLES, KeypadTable
from screens.access.keys import DEFAULT_KEYS, Action, KeyMap, NoSuchKey
from screens.look.widgets.keyboard import Key
from screens.navigation.places import Name

NIK = "3578014107900001"


@pytest.fixture(autouse=True)
def silent(rehearsal: Rehearsal) -> None:
    """No voice, which would read the texts between the buttons, too."""
    rehearsal.speaker.become("UNAVAILABLE")


def to_identify(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.tap("Mulai isi formulir")


# --- the ring ------------------------------------------------------------------------------------------------------


def test_the_first_key_shows_the_focus_and_chooses_nothing(hands: Hands) -> None:
    press(hands, "enter")
    assert hands.kiosk.session is None
    assert label(hands) == "Sentuh untuk mulai"
    assert hands.app.stage.mark.box is not None


def test_enter_chooses_what_has_the_focus(hands: Hands) -> None:
    press(hands, "tab", "enter")
    hands.must_see("Layanan apa yang Anda butuhkan?")


@pytest.mark.en301549("5.1.6.2")
def test_tab_goes_in_reading_order_and_round(hands: Hands) -> None:
    press(hands, "tab")
    order = [label(hands)]
    for _ in hands.app.keypad.ring.stops():
        press(hands, "tab")
        order.append(label(hands))
    assert order[:3] == ["Sentuh untuk mulai", "Bahasa Indonesia", "Basa Jawa"]
    assert order[-1] == order[0]


def test_shift_tab_goes_back(hands: Hands) -> None:
    press(hands, "tab", "tab", "shift+tab")
    assert label(hands) == "Sentuh untuk mulai"


def test_down_goes_to_what_lies_below(hands: Hands) -> None:
    press(hands, "tab")
    walk_to(hands, "Basa Jawa")
    press(hands, "down")
    assert label(hands) == "English"


def test_a_finger_takes_the_ring_away_and_a_key_brings_it_back(hands: Hands) -> None:
    press(hands, "tab", "tab")
    hands.touch(1, 1)
    assert hands.app.stage.mark.box is None
    press(hands, "tab")
    assert hands.app.stage.mark.box is not None


@pytest.mark.en301549("5.7")
def test_ok_held_down_chooses_once(hands: Hands) -> None:
    press(hands, "tab")
    hold(hands, "enter", 4)
    assert hands.app.flow.place.name is Name.SERVICES


def test_a_dialog_holds_the_focus_until_it_is_answered(hands: Hands) -> None:
    press(hands, "f1")
    within = {id(stop.widget) for stop in hands.app.keypad.ring.stops()}
    press(hands, *["tab"] * 5)
    assert id(focused(hands)) in within
    press(hands, "escape")
    assert hands.app.stage.over is None


def test_what_has_the_focus_is_moved_into_sight(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    press(hands, "tab")
    last = [stop for stop in hands.app.keypad.ring.stops() if stop.zone is hands.page.ids.pane.parent][-1]
    hands.app.keypad.ring.go_to(last.widget)
    press(hands, "shift+tab", "tab")
    box, pane = hands.app.stage.mark.box, hands.page.ids.pane
    assert pane.y - 1 <= box[1]
    assert box[3] <= pane.top + 1


def test_what_cannot_be_chosen_now_is_passed_over(hands: Hands) -> None:
    to_identify(hands)
    press(hands, "tab")
    assert all(stop.widget.enabled for stop in hands.app.keypad.ring.stops())


def test_the_focus_stays_at_its_place_when_the_language_changes(hands: Hands) -> None:
    press(hands, "tab")
    walk_to(hands, "English")
    press(hands, "enter")
    assert label(hands) == "English"
    hands.must_see("Welcome")


def test_a_page_that_went_is_not_held_by_the_focus(hands: Hands) -> None:
    press(hands, "tab", "enter")
    page = weakref.ref(hands.page)
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    gc.collect()
    assert page() is None


def test_any_key_asks_for_more_time_and_does_nothing_else(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.wait(61)
    hands.must_see("Anda masih di sini?")
    press(hands, "enter")
    assert hands.app.flow.idle_left is None
    assert hands.app.flow.place.name is Name.SERVICES


# --- typing --------------------------------------------------------------------------------------------------------


def test_ok_on_a_field_leads_onto_the_keys(hands: Hands) -> None:
    to_identify(hands)
    press(hands, "tab", "enter")
    assert focused(hands).key == "1"


def test_a_nik_is_typed_with_five_keys(hands: Hands) -> None:
    to_identify(hands)
    press(hands, "right", "enter")
    type_keys(hands, NIK)
    assert hands.page.model.entry.text == NIK
    press(hands, "tab")
    walk_to(hands, "Lanjut", "right")
    press(hands, "enter")
    assert hands.app.flow.place.name is Name.FORM


def test_left_and_right_stay_in_a_row_of_keys(hands: Hands) -> None:
    to_identify(hands)
    press(hands, "tab", "enter", "left")
    assert focused(hands).key == "3"
    press(hands, "right")
    assert focused(hands).key == "1"


def test_tab_leaves_the_keyboard(hands: Hands) -> None:
    to_identify(hands)
    press(hands, "tab", "enter", "tab")
    assert not isinstance(focused(hands), Key)


def test_another_page_of_keys_keeps_the_focus_on_the_keyboard(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_search()
    hands.settle()
    press(hands, "tab", "enter")
    hands.app.keypad.ring.go_to(
        next(key for row in hands.page.ids.keyboard.children for key in row.children if key.key == "<symbols>")
    )
    press(hands, "enter")
    assert isinstance(focused(hands), Key)


def test_the_next_field_takes_the_focus(hands: Hands) -> None:
    to_identify(hands)
    hands.type(NIK)
    hands.tap("Lanjut")
    press(hands, "tab", "tab", "enter")
    type_keys(hands, "siti")
    walk_to(hands, "Isian berikutnya", "tab")
    press(hands, "enter")
    assert focused(hands).entry is hands.page.entry


# --- which key does what -------------------------------------------------------------------------------------------


def test_a_keypad_may_send_other_keys() -> None:
    keys = KeyMap({**DEFAULT_KEYS, Action.OK: ("numpad5",)})
    assert keys.action(261, shift=False) is Action.OK
    assert keys.action(13, shift=False) is None


def test_shift_makes_another_key_of_tab() -> None:
    keys = KeyMap()
    assert keys.action(9, shift=False) is Action.NEXT
    assert keys.action(9, shift=True) is Action.PREVIOUS


def test_a_key_that_does_not_exist_is_named() -> None:
    with pytest.raises(NoSuchKey, match="ctrl"):
        KeyMap({Action.OK: ("ctrl",)})


def test_nearest_prefers_what_is_straight_ahead() -> None:
    origin = (0.0, 100.0, 50.0, 150.0)
    assert nearest(origin, [(60.0, 60.0, 110.0, 90.0), (0.0, 30.0, 50.0, 70.0)], down=True) == 1


def test_nearest_finds_nothing_behind() -> None:
    assert nearest((0.0, 0.0, 50.0, 50.0), [(0.0, 60.0, 50.0, 90.0)], down=True) is None


def test_a_key_is_known_by_its_place_whatever_it_sends_else() -> None:
    keys = KeyMap(DEFAULT_KEYS, {Action.OK: ("hid:6E",), Action.HELP: ("hid:28",)})
    assert keys.action(1_073_741_934, shift=False, scancode=0x6E) is Action.OK
    assert keys.action(13, shift=False, scancode=0x28) is Action.HELP
    assert keys.action(13, shift=False) is Action.OK


@pytest.mark.parametrize("name", ["hid:", "hid:03", "hid:100", "hid:zz"])
def test_a_usage_that_no_key_has_is_named(name: str) -> None:
    with pytest.raises(NoSuchKey, match="usage"):
        KeyMap({Action.OK: (name,)})


@pytest.mark.parametrize("table", KeypadTable)
def test_every_keypads_table_leaves_the_keyboards_own_keys(table: KeypadTable) -> None:
    keys = KeyMap(DEFAULT_KEYS, TABLES[table])
    assert keys.action(273, shift=False) is Action.UP
    assert len({name for names in TABLES[table].values() for name in names}) == len(TABLES[table])


def test_an_audio_keypad_leads_the_focus_and_its_jack_starts_the_voice(hands: Hands) -> None:
    hands.app.keypad._keys = KeyMap(DEFAULT_KEYS, TABLES[KeypadTable.STORM_AUDIONAV])

    def key(usage: int) -> None:
        Window.dispatch("on_keyboard", 0x4000_0000 | usage, usage, "", [])
        Window.dispatch("on_key_up", 0x4000_0000 | usage, usage)
        hands.settle()

    key(0x6D)
    key(0x71)
    assert label(hands) == "Bahasa Indonesia"
    key(0x72)
    key(0x6E)
    assert hands.app.flow.place.name is Name.SERVICES
    hands.rehearsal.speaker.become("READY")
    key(0x6F)
    assert hands.app.flow.voice.on
    assert hands.app.flow.voice.through_headphones
    key(0x70)
    assert not hands.app.flow.voice.on
