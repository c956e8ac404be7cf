"""A notice of the city on the home screen: large enough to be read by who walks up to it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from screens_harness import Hands

from kiosk.text import Text
from protocol.limits import NOTICE_CHARACTERS
from screens.citizen.start.home import SHORT_NOTICE
from screens.citizen.start.home_model import NOTICES_SHOWN
from screens.citizen.start.service_model import ServiceModel
from screens.look.widgets.banner import Banner


def shown(hands: Hands, number: int, characters: int) -> float:
    """The size of a notice's letters, of so many of them."""
    text = ("Pelayanan tutup pukul 14.00. " * 20)[:characters]
    hands.kiosk.notices.keep(number, {"id": text}, hands.rehearsal.clock.now() + timedelta(days=1))
    hands.kiosk.notices.changed()
    hands.settle()
    (banner,) = [one for one in hands.app.root.walk() if isinstance(one, Banner) and one.text == text]
    assert banner.height >= banner.ids.words.texture_size[1]
    return float(banner.ids.words.font_size)


def test_a_notice_is_as_large_as_what_invites_unless_it_is_long(hands: Hands) -> None:
    invitation = next(one for one in hands.widgets() if "Satu tempat" in getattr(one, "text", ""))
    assert shown(hands, 1, SHORT_NOTICE) == invitation.font_size
    assert shown(hands, 2, SHORT_NOTICE + 1) == shown(hands, 3, NOTICE_CHARACTERS) < invitation.font_size


def told(hands: Hands) -> list[str]:
    return [one.text for one in hands.app.root.walk() if isinstance(one, Banner) and one.text]


def test_all_that_are_in_force_are_shown_and_the_way_in_stays(hands: Hands) -> None:
    kiosk, day = hands.kiosk, hands.rehearsal.clock.now() + timedelta(days=1)
    start = next(one for one in hands.widgets() if getattr(one, "text", "") == "Sentuh untuk mulai")
    texts = [f"{number}. " + "Pelayanan tutup lebih awal. " * 17 for number in range(NOTICES_SHOWN + 1)]
    for number, text in enumerate(texts, start=1):
        kiosk.notices.keep(number, {"id": text[:NOTICE_CHARACTERS]}, day + timedelta(hours=number))
    kiosk.notices.changed()
    hands.settle()
    # The newest first, as many as somebody reads; below each other, none over another.
    banners = [one for one in hands.app.root.walk() if isinstance(one, Banner) and one.text]
    assert [one.text[:2] for one in banners] == [text[:2] for text in reversed(texts)][:NOTICES_SHOWN]
    assert all(upper.y >= lower.top for upper, lower in pairwise(banners))
    assert start.to_window(*start.pos)[1] > 0 and start.to_window(start.x, start.top)[1] < hands.app.root.height
    # One that ends goes, and the others stay.
    kiosk.notices.keep(99, {"id": texts[-1][:NOTICE_CHARACTERS]}, hands.rehearsal.clock.now() - timedelta(seconds=1))
    kiosk.notices.changed()
    hands.settle()
    assert [text[:2] for text in told(hands)] == [text[:2] for text in reversed(texts[:-1])][:NOTICES_SHOWN]


def test_two_short_ones_are_as_large_as_what_invites_and_a_third_is_smaller(hands: Hands) -> None:
    sizes = []
    for number in range(3):
        text = f"{number} " + "a" * (SHORT_NOTICE // 2 - 2)
        hands.kiosk.notices.keep(number + 1, {"id": text}, hands.rehearsal.clock.now() + timedelta(days=1))
        hands.kiosk.notices.changed()
        hands.settle()
        sizes.append({one.ids.words.font_size for one in hands.app.root.walk() if isinstance(one, Banner) and one.text})
    assert len(sizes[0]) == 1 and sizes[0] == sizes[1] and max(sizes[2]) < min(sizes[1])


def test_a_paused_service_says_so_and_why_and_cannot_be_begun(hands: Hands) -> None:
    service = replace(hands.kiosk.catalogue.services[0], paused=Text({"id": "Loket pindah sampai Jumat."}))
    blocked = ServiceModel(hands.app.flow, service).look().blocked
    assert blocked == "Layanan ini sedang dijeda. Loket pindah sampai Jumat."
    nothing_said = replace(service, paused=Text({}))
    assert ServiceModel(hands.app.flow, nothing_said).look().blocked == "Layanan ini sedang dijeda."
    assert ServiceModel(hands.app.flow, replace(service, paused=None)).look().blocked == ""
