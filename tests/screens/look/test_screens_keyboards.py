"""Keyboards and keypads: every key large enough, no field hidden, in both orientations and every text size."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from kivy.tests.common import UnitTestTouch
from long_runs import LONG
from screens_harness import BOOT, Hands

from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.way import Way, open_form
from screens.look import layouts
from screens.look.current import current
from screens.look.focus_mark import seen_box
from screens.look.tokens import GAP_MM, TARGET_MM, TextSize
from screens.look.widgets.entry import Entry, Layout
from screens.look.widgets.field import Field
from screens.look.widgets.keyboard import Key
from screens.look.widgets.suggestions import Suggestion
from screens.navigation.appearance import DEFAULT_APPEARANCE
from screens.navigation.places import Name

PORTRAIT = (BOOT.width, BOOT.height)
LANDSCAPE = (BOOT.height, BOOT.width)
NIK = "3578014107900001"
#: Half the dots: sizes are whole pixels.
ROUNDING = 1.0


@pytest.fixture(params=[PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def turned(citizens: Hands, request: pytest.FixtureRequest) -> Iterator[Hands]:
    citizens.turn(*request.param)
    yield citizens
    citizens.dress(DEFAULT_APPEARANCE)
    citizens.turn(*PORTRAIT)


def start(hands: Hands, size: TextSize) -> None:
    hands.dress(replace(DEFAULT_APPEARANCE, text_size=size))
    hands.app.flow.citizen.start()
    hands.settle()


def to_identify(hands: Hands) -> None:
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.page.go_forward()
    hands.settle()


def keys_of(hands: Hands) -> list[Key]:
    return [key for row in hands.page.ids.keyboard.children for key in row.children]


def box(widget: Any) -> tuple[float, float, float, float]:
    left, bottom = widget.to_window(widget.x, widget.y)
    return (left, bottom, left + widget.width, bottom + widget.height)


def is_seen(hands: Hands, field: Field) -> bool:
    return seen_box(field, box(field)) == box(field)


def active_field(hands: Hands) -> Field:
    return next(
        widget
        for widget in hands.page.ids.body.walk()
        if isinstance(widget, Field) and widget.entry is hands.page.entry
    )


#: The smallest and the largest letters; those between in a long run.
each_size = pytest.mark.parametrize(
    "size",
    [pytest.param(one, marks=() if one in (TextSize.SMALL, TextSize.EXTRA) else LONG) for one in TextSize],
)


# --- sizes ---------------------------------------------------------------------------------------------------------


@each_size
def test_keys_are_large_enough_and_apart(turned: Hands, size: TextSize) -> None:
    start(turned, size)
    turned.app.flow.citizen.open_search()
    turned.settle(4)
    least = current().mm(TARGET_MM) - ROUNDING
    for key in keys_of(turned):
        assert key.width >= least
        assert key.height >= least
    for row in turned.page.ids.keyboard.children:
        keys = sorted(row.children, key=lambda key: key.x)
        for one, other in pairwise(keys):
            assert other.x - one.right >= current().mm(GAP_MM) - ROUNDING


@each_size
def test_the_keypad_hides_no_field(turned: Hands, size: TextSize) -> None:
    start(turned, size)
    to_identify(turned)
    turned.type(NIK)
    turned.settle(4)
    assert is_seen(turned, active_field(turned))
    assert turned.page.remark == "NIK lengkap. Sentuh Lanjut."


@each_size
def test_the_keyboard_hides_no_field_of_a_form(turned: Hands, size: TextSize) -> None:
    start(turned, size)
    to_identify(turned)
    turned.page.model.entry.type(NIK)
    turned.page.go_forward()
    turned.settle(4)
    model = turned.page.model
    for node in model.questions:
        model.focus_on(node)
        turned.settle(4)
        assert is_seen(turned, active_field(turned)), node.name


def test_identification_fits_a_panel_that_lies(citizens: Hands) -> None:
    citizens.turn(*LANDSCAPE)
    start(citizens, TextSize.MEDIUM)
    to_identify(citizens)
    citizens.type(NIK)
    citizens.settle(4)
    fits = citizens.page.ids.pane.ids.holder.hidden
    citizens.dress(DEFAULT_APPEARANCE)
    citizens.turn(*PORTRAIT)
    assert fits == 0


def test_controls_can_be_lowered(citizens: Hands) -> None:
    citizens.app.flow.open_adjust()
    citizens.settle()
    citizens.tap("Turunkan tombol")
    citizens.settle(4)
    highest = max(box(widget)[3] for widget in citizens.widgets() if getattr(widget, "focusable", False))
    assert highest <= PORTRAIT[1] * 0.62
    citizens.tap("Turunkan tombol")
    assert not citizens.app.flow.appearance.lowered


def test_a_lowered_page_still_shows_its_field(citizens: Hands) -> None:
    citizens.dress(replace(DEFAULT_APPEARANCE, lowered=True, text_size=TextSize.EXTRA))
    citizens.app.flow.citizen.start()
    citizens.settle()
    to_identify(citizens)
    citizens.settle(4)
    seen = is_seen(citizens, active_field(citizens))
    citizens.dress(DEFAULT_APPEARANCE)
    assert seen


# --- which keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [layout for layout in Layout if layout is not Layout.CODE])
def test_every_digit_can_be_typed(layout: Layout) -> None:
    keys = {key for row in layouts.rows(layout) for key in row}
    assert set("0123456789") <= keys


def test_indonesian_javanese_and_madurese_can_be_written() -> None:
    keys = {key for page in (False, True) for row in layouts.rows(Layout.LETTERS, symbols=page) for key in row}
    assert set("abcdefghijklmnopqrstuvwxyz'-éèêâ") <= keys


def test_an_address_for_mail_can_be_written() -> None:
    entry = Entry(Layout.EMAIL)
    for key in ("s", "i", "t", "i", "_", "1", "@gmail.com"):
        assert entry.type(key)
    assert entry.text == "siti_1@gmail.com"


@pytest.mark.parametrize("layout", Layout)
def test_every_key_types_something_its_layout_takes(layout: Layout) -> None:
    for row in layouts.rows(layout):
        for key in row:
            typed = Entry(layout, "1" if key in (".", "-") and layout is Layout.DECIMAL else "")
            assert key.startswith("<") or typed.type(key), key


def test_every_layout_can_erase() -> None:
    for layout in Layout:
        assert any(layouts.BACKSPACE in row for row in layouts.rows(layout)), layout


# --- what may be meant ---------------------------------------------------------------------------------------------


def to_long_list(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.settle()
    hands.app.flow.citizen.open_service(SERVICE_ID)
    hands.settle()
    hands.page.go_forward()
    hands.settle()
    session = hands.kiosk.session
    if session.step == "IDENTIFY":
        hands.page.model.entry.type(NIK)
        hands.page.go_forward()
        hands.settle()
    long = next(node for node in session.form.nodes.values() if len(node.choices) > 16)
    session.show(long.ref)
    hands.settle(4)


def test_suggestions_stand_above_the_keyboard_and_are_chosen(citizens: Hands) -> None:
    to_long_list(citizens)
    assert citizens.app.flow.place.name is Name.FORM
    citizens.type("sum")
    citizens.settle(4)
    chips = [widget for widget in citizens.widgets() if isinstance(widget, Suggestion)]
    assert chips[0].text == "Sumenep"
    assert box(chips[0])[1] >= box(citizens.page.ids.keyboard)[3]
    citizens.tap_widget(chips[0])
    assert citizens.page._questions[0].node.value == chips[0].key


def test_nothing_is_suggested_before_anything_is_typed(citizens: Hands) -> None:
    to_long_list(citizens)
    assert not citizens.page.suggestions


# --- keys that are used again --------------------------------------------------------------------------------------


def ask(hands: Hands, name: str) -> None:
    """The page of one question of the service that asks every kind."""
    hands.kiosk.session.show(f"/data/{name}")
    hands.settle()


@pytest.fixture
def asked(citizens: Hands) -> Hands:
    open_form(Way(citizens), SERVICE_ID)
    ask(citizens, "nama")
    return citizens


@pytest.mark.en301549("5.6.2")
def test_the_next_page_takes_the_keys_of_the_last_and_its_own_capitals(asked: Hands) -> None:
    before = set(map(id, keys_of(asked)))
    assert {key.text for key in keys_of(asked) if key.key == "q"} == {"Q"}
    ask(asked, "pindah")
    ask(asked, "surel")
    ask(asked, "keterangan")
    assert set(map(id, keys_of(asked))) == before
    asked.type("Ab")
    assert asked.page.entry.text == "Ab"


def test_another_language_has_keys_of_its_own(asked: Hands) -> None:
    asked.app.flow.preferences.set_language("en")
    asked.settle()
    assert {key.text for key in keys_of(asked) if key.key == layouts.SPACE} == {"space"}
    asked.app.flow.preferences.set_language("id")


def test_a_finger_that_lies_on_a_key_types_nothing_on_the_next_page(asked: Hands) -> None:
    key = next(key for key in keys_of(asked) if key.key == "q")
    finger = UnitTestTouch(*key.to_window(*key.center))
    finger.touch_down()
    ask(asked, "keterangan")
    finger.touch_up()
    asked.settle()
    assert asked.page.entry.text == ""
    assert not any(each.pressed for each in keys_of(asked))
