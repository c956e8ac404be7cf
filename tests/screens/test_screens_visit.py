"""A whole visit by touches."""

from screens_harness import Hands


def test_home_starts_a_visit(hands: Hands) -> None:
    hands.must_see("Selamat datang", "Semua berfungsi")
    hands.tap("Sentuh untuk mulai")
    hands.must_see("Layanan apa yang Anda butuhkan?")
