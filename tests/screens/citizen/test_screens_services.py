"""Each sample service is completed by touch alone, in each language: from the home screen to the farewell.

Every service and every language is walked in each run; all pairs of them in a long run (``make soak``).
"""

import pytest
from long_runs import ways

from protocol.languages import LANGUAGES
from rehearsal.citizen import NIK, Citizen, slip_of
from rehearsal.hands import Hands
from screens.navigation.appearance import Appearance

SERVICES = ("domisili", "kelahiran", "pindah", "kk-perubahan", "usaha", "reklame", "antrean", "pengaduan")
#: Each service once and each language twice, by card and by hand; the longest services once each.
DIAGONAL = tuple((service, LANGUAGES[place % len(LANGUAGES)]) for place, service in enumerate(SERVICES))
ALL = tuple((service, language) for service in SERVICES for language in LANGUAGES)


@pytest.mark.parametrize(("service", "language"), ways(ALL, DIAGONAL))
def test_a_service_is_completed_by_touch(citizens: Hands, service: str, language: str) -> None:
    citizens.dress(Appearance(language=language))
    before = citizens.kiosk.outbox.counts().waiting
    citizen = Citizen(citizens)
    citizen.start(service)
    citizen.identify(by_card=ALL.index((service, language)) % 2 == 0)
    citizen.fill()
    assert citizens.place == "REVIEW"
    citizen.send()
    assert citizens.place == "SAVED"
    citizens.wait(2.1)
    assert citizens.kiosk.outbox.counts().waiting == before + 1
    session = citizens.kiosk.session
    assert session is not None
    assert session.submission is not None
    code = citizens.kiosk.codes.display(session.submission.code)
    citizens.must_see(code)
    assert code in slip_of(citizens.rehearsal)
    citizens.forward()
    assert citizens.kiosk.session is None
    assert not citizens.sees(NIK)
