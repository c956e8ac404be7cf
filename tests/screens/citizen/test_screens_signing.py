"""Signing by touch: the page stands still under the pen, a tap is no signature, and what was kept is seen and stays."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from screens_harness import BOOT, Hands

from rehearsal.citizen import Citizen
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way
from screens.citizen.controls.question import Question
from screens.citizen.controls.signature import INK_MM, SignaturePad
from screens.look.current import current
from screens.look.tokens import TextSize
from screens.navigation.appearance import DEFAULT_APPEARANCE

PORTRAIT = (BOOT.width, BOOT.height)
LANDSCAPE = (BOOT.height, BOOT.width)
each_kind = pytest.mark.parametrize(
    ("name", "key"), [("tanda_tangan", "signature"), ("denah", "draw")], ids=["signature", "drawing"]
)


@pytest.fixture
def landscape(citizens: Hands) -> Iterator[Hands]:
    """A panel that lies, with the largest letters: a page of a signature does not fit."""
    citizens.turn(*LANDSCAPE)
    citizens.dress(replace(DEFAULT_APPEARANCE, text_size=TextSize.EXTRA))
    yield citizens
    citizens.dress(DEFAULT_APPEARANCE)
    citizens.turn(*PORTRAIT)


def open_page(hands: Hands, name: str = "tanda_tangan") -> Question:
    show(name)(Way(hands))
    hands.settle()
    (question,) = Citizen(hands).questions()
    return question


def pad_of(hands: Hands) -> SignaturePad:
    return next(each for each in hands.widgets() if isinstance(each, SignaturePad))


def kept(hands: Hands, name: str = "tanda_tangan") -> bytes:
    """The picture that is kept; b"" for none."""
    session = hands.kiosk.session
    attachment = session.attachment(f"/data/{name}") if session is not None else None
    return bytes(attachment.data) if attachment is not None else b""


def stroke(hands: Hands, up: float = 0.0, across: float = 60.0) -> None:
    """A stroke from the middle of what can be seen of the pad, so many millimetres up and across."""
    pad, look, holder = pad_of(hands), current(), hands.page.ids.pane.ids.holder
    bottom = max(pad.to_window(0, pad.y)[1], holder.to_window(0, holder.y)[1])
    top = min(pad.to_window(0, pad.top)[1], holder.to_window(0, holder.top)[1])
    left, middle = pad.to_window(pad.x + pad.width * 0.1, 0)[0], (bottom + top) / 2
    hands.draw(*((left + look.mm(across) * part, middle + look.mm(up) * part) for part in (0, 0.25, 0.5, 0.75, 1)))


def ink_height(picture: bytes) -> float:
    """The part of the picture's height that is drawn on."""
    with Image.open(BytesIO(picture)) as image:
        box = image.point(lambda value: 255 - value).getbbox()
        assert box is not None
        return (box[3] - box[1]) / image.height


def test_the_page_stands_still_under_the_pen(landscape: Hands) -> None:
    open_page(landscape, "denah")
    pane, pad = landscape.page.ids.pane, pad_of(landscape)
    pane.reveal(pad)
    landscape.settle()
    assert pane.ids.holder.hidden > current().mm(15)
    before, place = pane.offset, pad.to_window(*pad.pos)
    stroke(landscape, up=15)
    assert (pane.offset, pad.to_window(*pad.pos)) == (before, place)
    assert ink_height(kept(landscape, "denah")) * pad.height >= current().mm(14)


def test_beside_the_pad_the_page_can_be_pushed(landscape: Hands) -> None:
    open_page(landscape, "denah")
    pane, holder = landscape.page.ids.pane, landscape.page.ids.pane.ids.holder
    pane.scroll_to(holder.hidden)
    landscape.settle()
    x = holder.x + current().mm(20)
    low = holder.to_window(0, holder.y)[1] + current().mm(3)
    landscape.draw(*((x, low - current().mm(down)) for down in (0, 10, 20, 30)))
    assert pane.offset < holder.hidden


@each_kind
def test_a_tap_is_nothing_drawn_and_says_so(citizens: Hands, name: str, key: str) -> None:
    open_page(citizens, name)
    pad = pad_of(citizens)
    citizens.touch(*pad.to_window(*pad.center))
    assert kept(citizens, name) == b""
    citizens.must_see(citizens.text(f"{key}.too_short"))


def test_the_least_ink_is_enough_and_less_is_not(citizens: Hands) -> None:
    open_page(citizens)
    stroke(citizens, across=INK_MM * 0.9)
    assert kept(citizens) == b""
    citizens.tap(citizens.text("signature.clear"))
    citizens.must_see(citizens.text("signature.how"))
    stroke(citizens, across=INK_MM * 1.05)
    assert kept(citizens)


def test_short_strokes_together_are_a_signature(citizens: Hands) -> None:
    open_page(citizens)
    for _ in range(2):
        stroke(citizens, across=INK_MM * 0.6)
    assert kept(citizens)


def test_with_too_little_ink_the_way_forward_waits(citizens: Hands) -> None:
    question = open_page(citizens)
    stroke(citizens, across=INK_MM * 0.5)
    citizens.forward()
    assert Citizen(citizens).questions() == [question]
    citizens.must_see(citizens.text("signature.too_short"))


@each_kind
def test_what_was_kept_is_seen_when_the_page_is_made_anew(citizens: Hands, name: str, key: str) -> None:
    open_page(citizens, name)
    stroke(citizens)
    before = kept(citizens, name)
    assert pad_of(citizens).kept is None
    citizens.app.flow.preferences.set_language("en")
    citizens.settle()
    assert pad_of(citizens).kept is not None
    citizens.must_see(citizens.text(f"{key}.kept"))
    assert kept(citizens, name) == before


def test_one_more_stroke_does_not_replace_what_was_kept(citizens: Hands) -> None:
    open_page(citizens)
    stroke(citizens, up=10)
    before = kept(citizens)
    citizens.app.flow.preferences.set_language("en")
    citizens.settle()
    stroke(citizens)
    assert kept(citizens) == before
    assert pad_of(citizens).strokes == []


def test_again_clears_what_was_kept(citizens: Hands) -> None:
    open_page(citizens)
    stroke(citizens, up=10)
    before = kept(citizens)
    citizens.app.flow.preferences.set_language("en")
    citizens.settle()
    citizens.tap(citizens.text("signature.clear"))
    assert kept(citizens) == b""
    assert pad_of(citizens).kept is None
    citizens.must_see(citizens.text("signature.how"))
    stroke(citizens)
    assert kept(citizens) not in (b"", before)


def test_strokes_of_one_signature_add_up(citizens: Hands) -> None:
    open_page(citizens)
    stroke(citizens)
    first = kept(citizens)
    stroke(citizens, up=15)
    assert ink_height(kept(citizens)) > ink_height(first)


def test_a_declaration_is_seen_where_it_would_be_signed(citizens: Hands) -> None:
    open_page(citizens)
    citizens.tap(citizens.text("signature.without"))
    assert kept(citizens)
    assert pad_of(citizens).kept is not None
