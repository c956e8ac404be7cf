"""What the tests of the screens share: the sample city, a kiosk to rehearse with, hands on its window."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.pwhash import argon2id

sys.path.insert(0, str(Path(__file__).parent))

from screens_harness import ASSETS, BOOT, Hands

from kiosk.catalogue.catalogue import Catalogue
from protocol import drafts
from rehearsal import Rehearsal, rehearse
from rehearsal.every_control import every_control
from rehearsal.gallery.studio import Studio, studio_hands
from rehearsal.sample_city import read_sample_city
from screens.language.texts import Catalogues, load_catalogues
from screens.shell.garbage import YOUNG


@pytest.fixture(scope="module", autouse=True)
def seldom_garbage() -> Iterator[None]:
    """Pages are made by the hundred: most of the time would go into looking for garbage among them."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="module", autouse=True)
def cheap_draft_codes() -> Iterator[None]:
    """A guess costs half a second on purpose; here nobody guesses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts, "_OPS", argon2id.OPSLIMIT_MIN)
        patch.setattr(drafts, "_MEMORY", argon2id.MEMLIMIT_MIN)
        yield


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load_catalogues(ASSETS / "translations")


@pytest.fixture(scope="session")
def city() -> Catalogue:
    """The sample city, and the service that asks a question of every kind."""
    return read_sample_city(ASSETS / "services", more=every_control())


@pytest.fixture
def rehearsal(tmp_path: Path, catalogues: Catalogues, city: Catalogue) -> Iterator[Rehearsal]:
    made = rehearse(tmp_path / "kiosk", catalogues, city)
    yield made
    made.close()


@pytest.fixture
def hands(rehearsal: Rehearsal) -> Iterator[Hands]:
    made = Hands(rehearsal, BOOT).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def one_kiosk(tmp_path_factory: pytest.TempPathFactory, catalogues: Catalogues, city: Catalogue) -> Iterator[Hands]:
    """An app for all tests of a file, which end their sessions: starting one takes longer than most sessions."""
    rehearsed = rehearse(tmp_path_factory.mktemp("kiosk"), catalogues, city)
    made = Hands(rehearsed, BOOT).start()
    yield made
    made.stop()
    rehearsed.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """An app that is led to any state of the gallery, for all tests of a file."""
    made = Studio(studio_hands(tmp_path_factory.mktemp("studio"), BOOT), BOOT)
    yield made
    made.close()


@pytest.fixture
def citizens(one_kiosk: Hands) -> Iterator[Hands]:
    """The one kiosk, with nobody before it and nothing wrong; whoever came is gone afterwards."""
    one_kiosk.rehearsal.all_well()
    one_kiosk.go_home()
    yield one_kiosk
    one_kiosk.go_home()
