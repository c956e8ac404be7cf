"""A notice of the city on the home screen: large enough to be read by who walks up to it."""

from datetime import timedelta

from screens_harness import Hands

from protocol.limits import NOTICE_CHARACTERS
from screens.citizen.start.home import SHORT_NOTICE
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
