"""What the tests of the screens share: the sample city, a kiosk to rehearse with, hands on its window."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from screens_harness import ASSETS, Hands

from kiosk.catalogue import Catalogue
from screens.rehearsal import Rehearsal, rehearse
from screens.sample_city import read_sample_city
from screens.texts import Catalogues, load_catalogues


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load_catalogues(ASSETS / "translations")


@pytest.fixture(scope="session")
def city() -> Catalogue:
    return read_sample_city(ASSETS / "services")


@pytest.fixture
def rehearsal(tmp_path: Path, catalogues: Catalogues, city: Catalogue) -> Iterator[Rehearsal]:
    made = rehearse(tmp_path / "kiosk", catalogues, city)
    yield made
    made.close()


@pytest.fixture
def hands(rehearsal: Rehearsal) -> Iterator[Hands]:
    made = Hands(rehearsal).start()
    yield made
    made.stop()
