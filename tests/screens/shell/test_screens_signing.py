"""A page that has a sign-language clip offers it: it plays, is stopped, played again and put away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.clock import Clock
from screens_harness import ASSETS, Hands, NotThere

from forms.limits import MAX_MEDIA_BYTES
from kiosk.catalogue.catalogue import Catalogue
from protocol.components import Condition
from rehearsal.clip import clip
from rehearsal.sample_city import pack_files
from screens.shell.signing import SigningPanel

OF_SERVICE = "services/domisili/signing-service.webm"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return pack_files(ASSETS / "services", ("domisili",))


@pytest.fixture
def kiosk(citizens: Hands, files: dict[str, bytes]) -> Iterator[Hands]:
    kept = citizens.kiosk.catalogue
    give(citizens, files | {OF_SERVICE: clip()})
    yield citizens
    citizens.go_home()
    give_back(citizens, kept)


def give(hands: Hands, files: dict[str, bytes]) -> None:
    hands.kiosk.install(Catalogue.read(files))


def give_back(hands: Hands, kept: Catalogue) -> None:
    hands.app.flow.clips.look_in(ASSETS / "signing")
    hands.kiosk.install(kept)


def open_service(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()


def panel(hands: Hands) -> SigningPanel:
    over = hands.stage.over
    assert isinstance(over, SigningPanel)
    return over


def to_the_end(hands: Hands) -> None:
    player = panel(hands)._player
    assert player is not None and player.join(PATIENCE_S)  # type: ignore[attr-defined]
    panel(hands)._look(0)
    hands.settle()


def test_only_a_page_that_has_a_clip_offers_it(kiosk: Hands) -> None:
    kiosk.app.flow.citizen.start()
    kiosk.settle()
    title = kiosk.text("signing.title")
    with pytest.raises(NotThere):
        kiosk.find(title)
    kiosk.app.flow.citizen.open_service("domisili")
    kiosk.settle()
    assert kiosk.find(title).spoken == title


def test_it_plays_is_played_again_and_put_away(kiosk: Hands) -> None:
    open_service(kiosk)
    kiosk.tap(kiosk.text("signing.title"))
    to_the_end(kiosk)
    frame = panel(kiosk).source()
    assert frame is not None and frame.sequence == 8
    kiosk.tap(kiosk.text("signing.again"))
    assert not panel(kiosk).ended
    player = panel(kiosk)._player
    kiosk.tap(kiosk.text("signing.stop"))
    assert player is not None and player.ended
    kiosk.tap(kiosk.text("signing.close"))
    assert kiosk.stage.over is None


def test_nothing_plays_on_when_the_session_ends(kiosk: Hands) -> None:
    open_service(kiosk)
    kiosk.tap(kiosk.text("signing.title"))
    player, looks = panel(kiosk)._player, panel(kiosk)._look_event
    kiosk.go_home()
    kiosk.settle()
    assert player is not None and player.ended
    assert looks not in Clock.get_events()


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        (clip()[:40], Condition.FILE_BROKEN),
        (b"no clip at all", Condition.FILE_BROKEN),
        (clip() + bytes(MAX_MEDIA_BYTES + 1 - len(clip())), Condition.FILE_TOO_LARGE),
    ],
)
def test_a_clip_that_cannot_be_played_says_so_and_the_office_learns_of_it(
    kiosk: Hands, files: dict[str, bytes], data: bytes, condition: Condition
) -> None:
    give(kiosk, files | {OF_SERVICE: data})
    open_service(kiosk)
    kiosk.tap(kiosk.text("signing.title"))
    if panel(kiosk)._player is not None:
        to_the_end(kiosk)
    assert kiosk.sees(kiosk.text("signing.broken"))
    state = kiosk.kiosk.content.state()
    assert state is not None and condition in state.conditions


def test_other_pages_have_their_clips_in_the_kiosks_own_folder(kiosk: Hands, tmp_path: Path) -> None:
    (tmp_path / "services.webm").write_bytes(clip())
    kiosk.app.flow.clips.look_in(tmp_path)
    kiosk.app.flow.citizen.start()
    kiosk.settle()
    kiosk.tap(kiosk.text("signing.title"))
    to_the_end(kiosk)
    assert panel(kiosk).source().sequence == 8
    assert kiosk.kiosk.content.state() is None
