"""Each sample service is completed by keys in the dark within twice the touches that it takes who sees; both are counted.

Two services in each run, all of them in a long one (``make soak``).
"""

from pathlib import Path

import pytest
from dark_kit import Dark, DarkCitizen, Sight
from long_runs import ways
from screens_harness import BOOT
from speech_kit import Ears

from kiosk.catalogue.catalogue import Catalogue
from rehearsal import rehearse
from rehearsal.citizen import Citizen
from screens.language.texts import Catalogues

pytestmark = pytest.mark.begins_first

SERVICES = ("domisili", "kelahiran", "pindah", "kk-perubahan", "usaha", "reklame", "antrean", "pengaduan")
#: Presses for one touch of who sees, over a whole service.
AT_MOST = 2


def complete(citizen: Citizen, service: str) -> None:
    citizen.start(service)
    citizen.identify()
    citizen.fill()
    citizen.send()
    citizen.hands.wait(2.1)
    assert citizen.hands.kiosk.outbox.counts().waiting == 1
    citizen.hands.forward()
    assert citizen.hands.kiosk.session is None


@pytest.mark.en301549("5.1.3.1", "5.9")
@pytest.mark.parametrize("service", ways(((each,) for each in SERVICES), (("domisili",), ("pengaduan",))))
def test_the_dark_costs_at_most_twice_the_touches(
    tmp_path: Path, catalogues: Catalogues, city: Catalogue, service: str
) -> None:
    seen = rehearse(tmp_path / "sight", catalogues, city)
    sight = Sight(seen, BOOT)
    sight.start()
    complete(Citizen(sight), service)
    sight.stop()
    seen.close()
    unseen = rehearse(tmp_path / "dark", catalogues, city)
    ears = Ears(unseen)
    dark = Dark(unseen, BOOT)
    dark.ears = ears
    dark.start()
    dark.app.flow.voice.start()
    dark.settle(3)
    complete(DarkCitizen(dark), service)
    dark.stop()
    unseen.close()
    print(f"{service}: {dark.count} presses, {sight.count} touches")
    assert dark.count <= AT_MOST * sight.count
