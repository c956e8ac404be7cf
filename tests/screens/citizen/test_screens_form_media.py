"""Pictures and sounds of a form that are missing, damaged or hostile: a placeholder and an alarm, the session goes on."""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from flows_kit import begin, session_of
from PIL import Image
from screens_harness import ASSETS, BOOT, Hands

from forms.authoring import convert
from forms.limits import MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE
from kiosk.catalogue.catalogue import Catalogue
from kiosk.events import EndReason
from protocol.components import CONTENT
from rehearsal import rehearse
from rehearsal.sample_city import pack_files
from screens.citizen.controls.question import ListenButton, Question
from screens.language.texts import Catalogues
from screens.look.decoded import SHOWN_SIDE, NotShown, TooLarge, decoded
from screens.look.widgets.cards import ChoiceCard
from screens.navigation.places import Name

FORM = """
| survey |
| | type | name | label | appearance | media::image | media::audio |
| | begin_group | page | Halaman | field-list | | |
| | text | a | Nama | | kk.png | a.mp3 |
| | select_one l | b | Pilih | | | |
| | end_group | | | | | |
| choices |
| | list_name | name | label | media::image |
| | l | x | Satu | x.jpg |
| | l | y | Dua | |
"""


def png(width: int, height: int) -> bytes:
    stored = BytesIO()
    Image.new("1", (width, height)).save(stored, "PNG")
    return stored.getvalue()


def claimed(width: int, height: int) -> bytes:
    """A PNG of some bytes that says it has so many pixels."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def catalogue(media: Mapping[str, bytes]) -> Catalogue:
    files = pack_files(ASSETS / "services", ["domisili"])
    converted = convert(FORM, "md", name="gambar")
    document = json.loads(files["services/domisili/service.json"]) | {
        "id": "gambar", "identification": "none", "nik_question": "", "consent": False, "form_id": "gambar"
    }  # fmt: skip
    own = {"service.json": json.dumps(document).encode(), "form.xml": (converted.xml or "").encode(), **media}
    more = {f"services/gambar/{name}": data for name, data in own.items()}
    return Catalogue.read(pack_files(ASSETS / "services", ["domisili"], more))


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory, catalogues: Catalogues) -> Iterator[Hands]:
    rehearsed = rehearse(tmp_path_factory.mktemp("kiosk"), catalogues, catalogue({}))
    hands = Hands(rehearsed, BOOT).start()
    yield hands
    hands.stop()
    rehearsed.close()


@pytest.fixture
def opened(kiosk: Hands) -> Iterator[Hands]:
    yield kiosk
    kiosk.kiosk.end(EndReason.CANCELLED)
    kiosk.settle()


def open_form(hands: Hands, media: Mapping[str, bytes]) -> dict[str, Question]:
    hands.kiosk.install(catalogue(media))
    begin(hands, "gambar")
    assert hands.app.flow.place.name is Name.FORM
    return {one.ref.rpartition("/")[2]: one for one in hands.widgets() if isinstance(one, Question)}


def conditions(hands: Hands) -> set[str]:
    content = hands.kiosk.snapshot().components.get(CONTENT)
    return set() if content is None else {str(one) for one in content.conditions}


GOOD = {"kk.png": png(60, 40), "x.jpg": b"", "a.mp3": b"ID3 and more"}


def jpeg() -> bytes:
    stored = BytesIO()
    Image.new("RGB", (30, 20)).save(stored, "JPEG")
    return stored.getvalue()


def test_what_can_be_shown_is_shown(opened: Hands) -> None:
    questions = open_form(opened, {**GOOD, "x.jpg": jpeg()})
    assert tuple(questions["a"].picture.size) == (60, 40)
    assert questions["a"].placeholder == ""
    assert conditions(opened) == set()


@pytest.mark.parametrize(
    ("picture", "condition"),
    [
        (None, "FILE_MISSING"),
        (b"", "FILE_BROKEN"),
        (b"<html>hello</html>", "FILE_BROKEN"),
        (png(60, 40)[:40], "FILE_BROKEN"),
        (jpeg(), "FILE_BROKEN"),
        (claimed(30_000, 30_000), "FILE_TOO_LARGE"),
    ],
    ids=["missing", "empty", "page", "cut", "other-format", "enormous"],
)
def test_a_picture_that_cannot_be_shown_costs_nobody_a_session(
    opened: Hands, picture: bytes | None, condition: str
) -> None:
    media = {**GOOD, "x.jpg": jpeg()}
    del media["kk.png"]
    questions = open_form(opened, media if picture is None else {**media, "kk.png": picture})
    assert questions["a"].picture is None
    assert questions["a"].placeholder == opened.app.flow.texts("form.picture_missing")
    assert questions["a"].placeholder in questions["a"].introduction
    assert conditions(opened) == {condition}
    assert "gambar/kk.png" in opened.kiosk.snapshot().components[CONTENT].detail
    session = session_of(opened)
    session.answer(questions["a"].ref, "Siti")
    assert session.next_page() == ()


def test_a_choice_whose_picture_is_damaged_can_be_chosen(opened: Hands) -> None:
    open_form(opened, {**GOOD, "x.jpg": b"no"})
    card = next(one for one in opened.widgets() if isinstance(one, ChoiceCard) and one.key == "x")
    assert (card.texture, card.icon) == (None, "image-broken")
    assert conditions(opened) == {"FILE_BROKEN"}


@pytest.mark.parametrize(("sound", "condition"), [(None, "FILE_MISSING"), (b"<html>", "FILE_BROKEN")])
def test_a_recording_that_is_none_has_no_button(opened: Hands, sound: bytes | None, condition: str) -> None:
    media = {**GOOD, "x.jpg": jpeg()}
    del media["a.mp3"]
    open_form(opened, media if sound is None else {**media, "a.mp3": sound})
    assert not any(isinstance(one, ListenButton) for one in opened.widgets())
    assert conditions(opened) == {condition}


def test_the_next_pack_begins_without_faults(opened: Hands) -> None:
    open_form(opened, {})
    assert conditions(opened) == {"FILE_MISSING"}
    opened.kiosk.end(EndReason.CANCELLED)
    opened.kiosk.install(catalogue({**GOOD, "x.jpg": jpeg()}))
    assert conditions(opened) == set()


@pytest.mark.parametrize(
    ("at", "above"),
    [
        ((4_000, MAX_PICTURE_PIXELS // 4_000), (4_000, MAX_PICTURE_PIXELS // 4_000 + 1)),
        ((MAX_PICTURE_SIDE, 2), (MAX_PICTURE_SIDE + 1, 2)),
    ],
)
def test_a_picture_is_decoded_up_to_the_limits(at: tuple[int, int], above: tuple[int, int]) -> None:
    assert max(decoded(png(*at), ("PNG",)).size) == SHOWN_SIDE
    with pytest.raises(TooLarge):
        decoded(png(*above), ("PNG",))


def test_a_picture_is_opened_as_nothing_but_what_it_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotShown):
        decoded(jpeg(), ("PNG",))
    assert decoded(jpeg(), ("JPEG",)).size == (30, 20)
