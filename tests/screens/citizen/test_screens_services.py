"""Each sample service is completed by touch alone, in each language, from the home screen to the farewell: by somebody in a
hurry, who touches twice, hammers, holds, slips off, and still skips no page, answers nothing falsely, and sees the code.

Every service and every language is walked in each run; ten thousand touches over all pairs of them in a long run (``make soak``).
"""

import random
from collections.abc import Iterator

import pytest
from long_runs import LONG
from screens_harness import BOOT

from kiosk.catalogue.catalogue import Catalogue
from protocol.components import Condition
from protocol.languages import LANGUAGES
from rehearsal import rehearse
from rehearsal.citizen import NIK, slip_of
from rehearsal.hands import Hands
from rehearsal.hurry import HurriedCitizen, HurriedHands
from screens.language.texts import Catalogues
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance

pytestmark = pytest.mark.begins_first

SERVICES = ("domisili", "kelahiran", "pindah", "kk-perubahan", "usaha", "reklame", "antrean", "pengaduan")
#: Each service once and each language twice, by card and by hand; the longest services once each.
DIAGONAL = tuple((service, LANGUAGES[place % len(LANGUAGES)]) for place, service in enumerate(SERVICES))
ALL = tuple((service, language) for service in SERVICES for language in LANGUAGES)
#: Of the long run.
TOUCHES = 10_000


@pytest.fixture(scope="module")
def one_kiosk(tmp_path_factory: pytest.TempPathFactory, catalogues: Catalogues, city: Catalogue) -> Iterator[Hands]:
    """With hands in a hurry."""
    rehearsed = rehearse(tmp_path_factory.mktemp("kiosk"), catalogues, city)
    made = HurriedHands(rehearsed, BOOT).start()
    yield made
    made.stop()
    rehearsed.close()


@pytest.fixture
def hurried(citizens: Hands) -> HurriedHands:
    assert isinstance(citizens, HurriedHands)
    return citizens


def walk(hands: HurriedHands, service: str, appearance: Appearance, seed: int) -> None:
    hands.dress(appearance)
    hands.chance = random.Random(seed)
    paper = seed % 2 == 0
    if not paper:
        hands.rehearsal.printer.become("UNAVAILABLE", Condition.MEDIA_EMPTY)
    before = hands.kiosk.outbox.counts().waiting
    citizen = HurriedCitizen(hands)
    citizen.start(service)
    citizen.identify(by_card=seed % 4 < 2)
    citizen.fill()
    assert hands.place == "REVIEW"
    assert hands.jumps == []
    session = hands.kiosk.session
    assert session is not None
    assert citizen.skipped(session) == []
    assert citizen.false_answers(session) == {}
    citizen.send()
    assert hands.place == "SAVED"
    hands.wait(2.1)
    assert hands.kiosk.outbox.counts().waiting == before + 1
    code = citizen.leave()
    assert hands.kiosk.session is None
    assert hands.place == "THANKS"
    hands.must_see(hands.text("thanks.text.slip" if paper else "thanks.text.code"))
    assert not paper or code in slip_of(hands.rehearsal)
    assert not hands.sees(NIK)


@pytest.mark.parametrize(("service", "language"), [pytest.param(*way, id="-".join(way)) for way in DIAGONAL])
def test_a_service_is_completed_by_touch_in_a_hurry(hurried: HurriedHands, service: str, language: str) -> None:
    walk(hurried, service, Appearance(language=language), SERVICES.index(service))


@pytest.mark.parametrize(("service", "language"), [pytest.param(*way, id="-".join(way), marks=LONG) for way in ALL])
def test_ten_thousand_touches_in_a_hurry(hurried: HurriedHands, service: str, language: str) -> None:
    hurried.gestures, seed = 0, 1_000 * ALL.index((service, language))
    while hurried.gestures < TOUCHES / len(ALL):
        hurried.rehearsal.all_well()
        size = tuple(TextSize)[seed % len(TextSize)]
        walk(hurried, service, Appearance(language=language, text_size=size, lowered=seed % 5 == 0), seed)
        hurried.go_home()
        seed += 1
