"""The fee page: how much, by which law, how to pay, before anything is sent."""

from flows_kit import begin, fill
from screens_harness import Hands

from screens.navigation.places import Name


def test_what_it_costs_is_shown_between_review_and_consent(hands: Hands) -> None:
    begin(hands, "reklame")
    fill(hands)
    hands.tap("Sudah benar")
    assert hands.app.flow.place.name is Name.FEE
    hands.must_see(
        "Mulai Rp 50.000", "Dasar hukum", "Cara membayar", "Kas Daerah", "Sekarang Anda tidak membayar apa pun"
    )
    hands.tap("Lanjut, saya mengerti")
    assert hands.app.flow.place.name is Name.CONSENT
    hands.tap("Kembali")
    hands.must_see("Rp 50.000")


def test_a_free_service_goes_straight_to_the_consent(hands: Hands) -> None:
    begin(hands, "domisili")
    fill(hands)
    hands.tap("Sudah benar")
    assert hands.app.flow.place.name is Name.CONSENT


def test_the_slip_says_how_to_pay(hands: Hands) -> None:
    session = begin(hands, "reklame")
    fill(hands)
    hands.tap("Sudah benar")
    hands.tap("Lanjut, saya mengerti")
    session.agree()
    hands.app.flow.citizen.send()
    hands.wait(2.1)
    lines = "\n".join(hands.rehearsal.printer.slips[-1][0].lines)
    assert "Biaya: mulai Rp 50.000" in lines
    assert "ditambah pajak reklame 25%" in " ".join(lines.split())
    assert "Jangan bayar di kios" in lines
